"""Whatever a tool is told to overlook has its reason beside it."""

import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT

PYPROJECT = ROOT / "pyproject.toml"
FOLDERS = ("src", "tests", "bench", "fixtures", "contract-tests")


def test_every_ignore_of_the_settings_has_its_reason_beside_it() -> None:
    for line in _ignores(PYPROJECT.read_text(encoding="utf-8")):
        _, _, reason = line.partition("  #")
        assert len(reason.split()) >= 2, line


def test_every_waived_warning_follows_a_comment() -> None:
    lines = PYPROJECT.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip().startswith('"ignore:'))
    assert lines[first - 1].strip().startswith("#")
    assert any(line.strip() == '"error",' for line in lines[first - 3 : first])


def test_every_waiver_in_the_code_names_a_rule_and_its_reason_where_it_is_not_plain() -> None:
    """`# noqa` and `# type: ignore` never stand alone: a bare one hides whatever comes later."""
    for path, line, comment in _comments():
        if re.search(r"#\s*noqa", comment):
            assert re.search(r"#\s*noqa: [A-Z]+\d+", comment), f"{path}:{line}"
        if re.search(r"#\s*type:\s*ignore", comment):
            assert re.search(r"#\s*type: ignore\[[a-z-]+", comment), f"{path}:{line}"


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    for path in sorted((ROOT / "tests").rglob("*.py")):
        found = re.search(
            r"\bpytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b", path.read_text(encoding="utf-8")
        )
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_the_tools_are_as_strict_as_the_house_says() -> None:
    stated = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]
    assert stated["mypy"]["strict"] is True
    assert stated["mypy"]["files"] == ["src"]
    assert "error" in stated["pytest"]["ini_options"]["filterwarnings"]
    assert "--strict-markers" in stated["pytest"]["ini_options"]["addopts"]
    assert stated["coverage"]["run"]["branch"] is True


def _ignores(text: str) -> Iterator[str]:
    """Each line of a list named `ignore`, each entry of a table of ignores, each `ignore_…` and `disable_…` setting."""
    inside = table = False
    for line in text.splitlines():
        if line.startswith("["):
            table = line.endswith("-ignores]")
        elif re.match(r"(?:extend-)?ignore\s*=\s*\[$", line):
            inside = True
        elif inside and line.startswith("]"):
            inside = False
        elif (inside and line.strip()) or (table and "=" in line) or re.match(r"(?:ignore|disable)_\w+\s*=", line):
            yield line


def _comments() -> Iterator[tuple[str, int, str]]:
    for folder in FOLDERS:
        for path in sorted(Path(ROOT, folder).rglob("*.py")):
            with path.open("rb") as file:
                for token in tokenize.tokenize(file.readline):
                    if token.type == tokenize.COMMENT:
                        yield path.relative_to(ROOT).as_posix(), token.start[0], token.string
