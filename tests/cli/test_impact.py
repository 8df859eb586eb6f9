"""`smartcal impact`, and `smartcal diff --traffic`: what is read, printed and accepted, and the exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Ended
from tests.lint.sound import sound
from tests.traffic.test_traffic import COMBINED

Command = Callable[..., Ended]
OLD = yaml.safe_dump(sound(), sort_keys=False)
NEW = OLD.replace("maximum: 100\n", "maximum: 4\n").replace("default: 20", "default: 4")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in (("old.yaml", OLD), ("openapi.yaml", NEW), ("access.log", COMBINED)):
        (tmp_path / name).write_text(text)


def test_each_form_says_what_is_refused_and_whose_it_was(smartcal: Command) -> None:
    ended = smartcal("impact", "access.log", "--old", "old.yaml", "--caller", "user")
    assert ended.code == 1
    assert ended.out.startswith("1 call recorded on 2026-11-28, against openapi.yaml, where old.yaml was served\n")
    assert "GET /books: size: 5 is greater than the maximum of 4\n    1: ann 1; the last on 2026-11-28\n" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    stated = json.loads(smartcal("impact", "access.log", "--old", "old.yaml", "--json").out)
    (hit,) = stated["hits"]
    assert (hit["kind"], hit["calls"], stated["recorded"]["bodies"]) == ("refused", 1, False)
    line = NEW[: NEW.index("maximum: 4")].count("\n") + 1
    assert abs(hit["line"] - line) < 5
    assert smartcal("impact", "access.log", "--old", "old.yaml", "--format", "github").out.startswith("::error file=")
    run = json.loads(smartcal("impact", "access.log", "--format", "sarif").out)["runs"][0]
    assert run["results"][0]["ruleId"] == "refused"


def test_the_exit_code_and_what_is_accepted(smartcal: Command) -> None:
    assert smartcal("impact", "access.log", "--spec", "old.yaml", "--old", "old.yaml").code == 0
    assert smartcal("impact", "access.log", "--old", "old.yaml", "--fail-on", "none").code == 0
    assert smartcal("impact", "openapi.yaml").code == 2
    assert smartcal("impact", "access.log").code == 1
    stated = ("--reason", "told them", "--owner", "ann", "--expires", "2999-01-31")
    assert smartcal("accept", "--all", *stated).code == 0
    ended = smartcal("impact", "access.log")
    assert (ended.code, "(1 accepted)" in ended.out) == (0, True)


def test_the_diff_says_who_is_hit(smartcal: Command) -> None:
    text = smartcal("diff", "old.yaml", "openapi.yaml", "--traffic", "access.log", "--caller", "user").out
    assert "1 call is hit (ann 1), the last on 2026-11-28, among 1 recorded on" in text
    changes = json.loads(smartcal("diff", "old.yaml", "openapi.yaml", "--traffic", "access.log", "--json").out)[
        "changes"
    ]
    assert [each["use"]["calls"] for each in changes if each["rule"] == "values-narrowed"] == [1]
    markdown = smartcal("diff", "old.yaml", "openapi.yaml", "--traffic", "access.log", "--format", "markdown").out
    assert "1 call is hit" in markdown
