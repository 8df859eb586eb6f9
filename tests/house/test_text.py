"""What the files of the project never hold: a path of somebody's machine, a host of a package registry."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT

# Folders and files that git leaves out, by the names in .gitignore, and git's own.
IGNORED = {".git"}
MACHINE = re.compile(r"(?<![\w.~}$-])/(?:home|root|Users|work|mnt|private)/[\w.]|\b[A-Z]:\\[A-Z]\w")
# Written so that this file is not its own first finding.
_HOSTS = ("files[.]pythonhosted", "(?:test[.])?pypi[.]org", "registry[.]npmjs", "registry[.]yarnpkg")
REGISTRIES = re.compile("|".join([*_HOSTS, "arti[f]actory", r"\bnex" "us[.]"]), re.IGNORECASE)
SIZE = 3_000_000


def texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every file that is in the repository, or would be."""
    stated = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = IGNORED | {line.strip("/") for line in stated}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not _matches(name, ignored)]
        for name in files:
            path = Path(folder, name)
            if not _matches(name, ignored) and path.stat().st_size < SIZE:
                try:
                    yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue


def test_no_file_knows_the_machine_that_it_was_written_on() -> None:
    assert _found(MACHINE) == []


def test_no_file_names_a_package_registry() -> None:
    """Locks hold names, versions and hashes; where packages come from is for whoever installs them to say."""
    assert _found(REGISTRIES) == []


def test_every_text_ends_with_one_newline_and_has_no_trailing_blanks() -> None:
    wrong = [path for path, text in texts() if text and (not text.endswith("\n") or text.endswith("\n\n"))]
    wrong += [path for path, text in texts() if re.search(r"[ \t]+$", text, re.MULTILINE) and not path.endswith(".md")]
    assert wrong == []


def test_the_patterns_find_what_they_are_for() -> None:
    paths = ["/" + "home" + "/ann/x", " /" + "root" + "/.cache", "C:" + "\\" + "Users"]
    hosts = ["https://files." + "pythonhosted.org/x", "registry.np" + "mjs.org", "https://py" + "pi.org/simple"]
    assert all(MACHINE.search(text) for text in paths)
    assert all(REGISTRIES.search(text) for text in hosts)


def _found(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path, text in texts():
        found += [f"{path}:{text.count(chr(10), 0, m.start()) + 1}: {m[0]}" for m in pattern.finditer(text)]
    return found


def _matches(name: str, patterns: set[str]) -> bool:
    return any(Path(name).match(pattern) for pattern in patterns)
