"""`smartcal lint` and `smartcal accept`: what is printed, what is accepted, and the exit codes."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Ended
from tests.lint.sound import sound

Command = Callable[..., Ended]
SOUND = yaml.safe_dump(sound(), sort_keys=False)
WRONG = SOUND.replace("maxLength: 200", "maxLenght: 200")
ODD = SOUND.replace("- loans", "- laons")
STATED = ("--reason", "known to all", "--owner", "ann", "--expires", "2999-01-31")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write(folder: Path, text: str, name: str = "openapi.yaml") -> None:
    (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("text", "flags", "code"),
    [
        (SOUND, (), 0),
        (WRONG, (), 1),
        (ODD, (), 0),
        (ODD, ("--max-warnings", "1"), 0),
        (ODD, ("--max-warnings", "0"), 1),
        (SOUND, ("--rules", "owasp"), 0),
        (SOUND, ("--rules", "owasp", "--max-warnings", "3"), 1),
        ("a: [", (), 1),
        ("swagger: '2.0'\n", (), 1),
        (SOUND, ("--explain", "tag/unknwon"), 2),
        (SOUND, ("nowhere.yaml",), 2),
        (SOUND, ("--since", "main"), 2),
    ],
)
def test_the_exit_code_says_what_was_found(
    smartcal: Command, tmp_path: Path, text: str, flags: tuple[str, ...], code: int
) -> None:
    write(tmp_path, text)
    assert smartcal("lint", *flags).code == code


def test_each_form_has_the_line_and_the_fingerprint_within_80_columns(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    line = WRONG[: WRONG.index("maxLenght")].count("\n") + 1
    text = smartcal("lint").out
    assert text.startswith(f"openapi.yaml:{line}: error schema/misspelt-keyword\n")
    assert "did you mean maxLength?" in text
    assert text.splitlines()[-1] == "openapi.yaml: 1 error; smartcal lint --explain schema/misspelt-keyword"
    assert max(map(len, text.splitlines())) <= 80
    (found,) = json.loads(smartcal("lint", "--json").out)["findings"]
    assert (found["line"], found["level"], found["pointer"].rpartition("/")[2]) == (line, "error", "maxLenght")
    assert found["fingerprint"] in text
    github = smartcal("lint", "--format", "github").out
    assert github.startswith(f"::error file=openapi.yaml,line={line},title=schema/misspelt-keyword::")
    run = json.loads(smartcal("lint", "--format", "sarif").out)["runs"][0]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == found["rule"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line}
    assert "refers" not in smartcal("lint", "--explain", "tag/unknown").out


def test_what_is_said_again_and_again_is_summed(smartcal: Command, tmp_path: Path) -> None:
    data = sound()
    for number in range(15):
        data["components"]["schemas"]["NewBook"]["properties"][f"p{number}"] = {"type": "string", "nullable": True}
    write(tmp_path, yaml.safe_dump(data, sort_keys=False))
    out = smartcal("lint").out
    assert "… and 5 more of schema/keyword-of-another-version that say the same" in out
    assert out.count("openapi.yaml:") == 11


def test_since_a_revision_only_what_came_is_told(smartcal: Command, tmp_path: Path) -> None:
    stated = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    stated |= {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    write(tmp_path, ODD)
    for arguments in (("init", "-q", "-b", "main"), ("add", "openapi.yaml"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *arguments], cwd=tmp_path, env=stated, check=True)
    write(tmp_path, f"# moved\n{ODD}")
    assert smartcal("lint", "--since", "main").out == "openapi.yaml since main: nothing found\n"
    write(tmp_path, ODD.replace("maxLength: 200", "maxLenght: 200"))
    came = json.loads(smartcal("lint", "--since", "main", "--json").out)["findings"]
    assert [each["rule"] for each in came] == ["schema/misspelt-keyword"]
    assert smartcal("lint", "git:main").out.startswith("openapi.yaml:")


def test_what_is_accepted_no_longer_counts_until_it_is_over(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    assert smartcal("accept", "--all", *STATED).code == 2, "nothing has been run yet"
    assert smartcal("lint").code == 1
    ended = smartcal("accept", "--all", *STATED)
    assert (ended.code, ended.out) == (0, "accepted.toml: 1 accepted; it has 1 in all\n")
    assert smartcal("accept", "--all", *STATED).code == 0
    known = smartcal("lint")
    assert (known.code, known.out) == (0, "openapi.yaml: nothing found (1 accepted)\n")
    run = json.loads(smartcal("lint", "--format", "sarif").out)["runs"][0]
    assert run["results"][0]["suppressions"][0]["justification"] == "known to all (ann, until 2999-01-31)"
    path = tmp_path / "accepted.toml"
    path.write_text(path.read_text().replace("2999-01-31", "2020-01-31"))
    over = smartcal("lint")
    assert over.code == 1
    assert over.err.startswith("accepted until 2020-01-31, which is over: lint.")


def test_what_fits_nothing_any_more_is_told_and_taken_out(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, WRONG)
    smartcal("lint")
    smartcal("accept", "--all", *STATED)
    assert smartcal("accept", "--rule", "schema/misspelt-keyword", "--pointer", "/components", *STATED).code == 0
    smartcal("accept", "2.RATE1.listEvents.0123456789", *STATED)
    write(tmp_path, SOUND)
    assert "2 entries fit nothing any more" in smartcal("lint").err
    write(tmp_path, WRONG, "other.yaml")
    assert smartcal("lint", "other.yaml").err == ""
    assert smartcal("accept", "--prune").out == "", "another document still needs them"
    write(tmp_path, SOUND, "other.yaml")
    smartcal("lint", "other.yaml")
    assert smartcal("accept", "--prune").out == "accepted.toml: 2 taken out; it has 1 in all\n"
    assert "RATE1" in (tmp_path / "accepted.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a fingerprint"),
        (("lint.0123", *STATED[:4]), "--expires is missing"),
        (("lint.0123", *STATED[:4], "--expires", "tomorrow"), "write it as 2027-01-31"),
        (("lint.0123", *STATED[:4], "--expires", "2020-01-01"), "is over"),
        (("x", *STATED), "is not a fingerprint"),
        (("--pointer", "/x", *STATED), "--rule"),
    ],
)
def test_what_can_t_be_accepted_is_refused(smartcal: Command, arguments: tuple[str, ...], said: str) -> None:
    ended = smartcal("accept", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_file_that_isn_t_such_a_list_is_left_alone(smartcal: Command, tmp_path: Path) -> None:
    for text, said in (("x", "="), ("[[accepted]]\nfingerprint = 'x.y'\n", "has no reason"), ("a = 1\n", "not a list")):
        (tmp_path / "accepted.toml").write_text(text)
        ended = smartcal("accept", "lint.0123", *STATED)
        assert ended.code == 2, ended
        assert said in ended.err
        assert (tmp_path / "accepted.toml").read_text() == text
