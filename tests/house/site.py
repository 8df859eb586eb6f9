"""What `make docs` makes of docs/ beyond MkDocs: the groups of its index as navigation, and links out of the folder.

A page may lead to a file of the repository that is no page. The site has such a file beside its pages; of a folder, its
README.
"""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_OUTSIDE = re.compile(r"\]\(\.\./([^)#]+)")


def groups(index: str) -> list[dict[str, list[str]]]:
    """The bold lines of the index, each with the pages that are listed below it."""
    _, *pieces = re.split(r"^\*\*(.+)\*\*$", index, flags=re.MULTILINE)
    return [
        {name: re.findall(r"^- \[\S+\]\((\S+\.md)\)", listed, re.MULTILINE)}
        for name, listed in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def inside(page: str) -> str:
    """The page with its links out of the folder as the site has them."""
    return _OUTSIDE.sub(lambda found: f"]({_place(found[1])}", page)


def outside(page: str) -> set[str]:
    """What those links lead to, from the root of the repository."""
    return {_place(path) for path in _OUTSIDE.findall(page)}


def _place(path: str) -> str:
    return f"{path.rstrip('/')}/README.md" if (ROOT / path).is_dir() else path


def on_config(config: Any) -> Any:
    config.nav = ["index.md", *groups(Path(config.docs_dir, "index.md").read_text(encoding="utf-8"))]
    return config


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File, InclusionLevel

    pages = [page.read_text(encoding="utf-8") for page in sorted(Path(config.docs_dir).glob("*.md"))]
    for path in sorted(set().union(*map(outside, pages))):
        file = File.generated(config, path, abs_src_path=str(ROOT / path), inclusion=InclusionLevel.NOT_IN_NAV)
        files.append(file)
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    return inside(markdown)
