"""What `make docs` is made from; the site and its links are tried by it, with a generator that tests do without."""

import tomllib
from pathlib import Path
from typing import Any

import yaml

from tests.house.site import groups, inside, outside
from tests.house.source import ROOT


def test_the_site_has_every_page_in_the_group_of_the_index() -> None:
    navigation = groups((ROOT / "docs/index.md").read_text(encoding="utf-8"))
    pages = [page for group in navigation for listed in group.values() for page in listed]
    assert sorted(pages) == sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md")
    assert all(listed for group in navigation for listed in group.values())


def test_a_link_out_of_the_folder_leads_to_a_file_that_the_site_has() -> None:
    page = "[a](../js) [b](../fixtures/x.json#y) [c](pytest.md) [d](https://example.com/../z)"
    assert inside(page) == "[a](js/README.md) [b](fixtures/x.json#y) [c](pytest.md) [d](https://example.com/../z)"
    assert outside(page) == {"js/README.md", "fixtures/x.json"}


def test_a_link_that_leads_nowhere_ends_it_and_its_generator_is_no_dependency_of_what_is_shipped() -> None:
    stated: Any = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert stated["strict"] is True
    assert set(stated["validation"]["links"].values()) == {"warn"}
    assert stated["theme"]["font"] is False
    assert Path(stated["site_dir"]).parts[0] + "/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["dependency-groups"]["site"]
    locks = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("requirements*.lock")}
    assert [name for name, text in locks.items() if "mkdocs" in text] == ["requirements-docs.lock"]
    assert [name for name, text in locks.items() if "://" in text] == []
