"""`smartcal diff`: what is compared, what is printed, and the exit codes."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from tests.changes.small import SMALL
from tests.cli.conftest import Ended

Command = Callable[..., Ended]
TEXT = orjson.dumps(SMALL, option=orjson.OPT_INDENT_2).decode()
NARROWER = TEXT.replace('"maximum": 100', '"maximum": 50')
RISKIER = TEXT.replace('"default": 20', '"default": 30')
UNPROVEN = TEXT.replace('"pattern": "^[a-z]+$"', '"pattern": "^([a-z])(?:\\\\1|[a-z])*$"')


@pytest.fixture(autouse=True)
def nothing_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    """A repository whose branch `main` has two commits; the second one changes nothing of openapi.yaml."""
    names = {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    stated = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=tmp_path, env=stated, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    for text in (TEXT, f"{TEXT}\n"):
        (tmp_path / "openapi.yaml").write_text(text)
        git("add", "openapi.yaml")
        git("commit", "-q", "-m", "x")
    return git


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)


@pytest.mark.parametrize(
    ("new", "flags", "code"),
    [
        (TEXT, (), 0),
        (NARROWER, (), 1),
        (NARROWER, ("--fail-on", "none"), 0),
        (NARROWER, ("--fail-on", "unannounced"), 1),
        (NARROWER.replace('"version": "1.0.0"', '"version": "2.0.0"'), ("--fail-on", "unannounced"), 0),
        (NARROWER.replace('"version": "1.0.0"', '"version": "two"'), ("--fail-on", "unannounced"), 1),
        (NARROWER, ("--level", "values-narrowed=risky"), 0),
        (RISKIER, (), 0),
        (RISKIER, ("--fail-on", "risky"), 1),
        (RISKIER, ("--level", "default-changed=breaking"), 1),
        (UNPROVEN, (), 0),
        (UNPROVEN, ("--fail-on", "risky"), 3),
    ],
)
def test_the_exit_code_says_what_fails(
    smartcal: Command, tmp_path: Path, new: str, flags: tuple[str, ...], code: int
) -> None:
    write(tmp_path, old=TEXT, new=new)
    ended = smartcal("diff", "old.yaml", "new.yaml", *flags)
    assert (ended.code, ended.err) == (code, ""), ended.out


def test_the_report_names_both_lines_and_shows_a_value_within_80_columns(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, old=TEXT, new=f"\n{NARROWER}")
    out = smartcal("diff", "old.yaml", "new.yaml").out
    line = TEXT[: TEXT.index('"maximum": 100')].count("\n") + 1
    assert out.startswith("new.yaml against old.yaml\n1 breaking, 0 risky, 0 compatible\n")
    assert "GET /things  query size\n    maximum 100 → 50" in out
    assert "100 is valid before, and not now" in out
    assert f"old.yaml:{line} → new.yaml:{line + 1} " in out
    assert "wants version 2.0.0; info.version is 1.0.0" in out
    assert max(map(len, out.splitlines())) <= 80


def test_each_form_of_the_report_has_the_change(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, old=TEXT, new=NARROWER)
    stated = json.loads(smartcal("diff", "old.yaml", "new.yaml", "--format", "json").out)
    (change,) = stated["changes"]
    assert change["witness"] == {"part": 100, "whole": 100, "verified_by": ["jsonschema-rs", "jsonschema"]}
    assert (stated["counts"]["breaking"], stated["wanted_version"], change["old"]["file"]) == (1, "2.0.0", "old.yaml")
    markdown = smartcal("diff", "old.yaml", "new.yaml", "--format", "markdown").out
    assert "#### Breaking" in markdown
    assert "maximum 100 → 50" in markdown
    github = smartcal("diff", "old.yaml", "new.yaml", "--format", "github")
    assert github.out.startswith("::error file=new.yaml,line=")
    assert change["fingerprint"] in github.out
    moved = json.loads(smartcal("diff", "old.yaml", "new.yaml", "--format", "json").out)
    assert moved["changes"][0]["fingerprint"] == change["fingerprint"]


def test_without_names_it_compares_with_what_the_change_will_be_merged_into(
    smartcal: Command, tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, head = git("rev-parse", "--short=7", "HEAD~1"), git("rev-parse", "--short=7", "HEAD")
    clean = smartcal("diff")
    assert clean.out.startswith(f"openapi.yaml against the commit before the last of main ({parent})\n")
    write(tmp_path, openapi=NARROWER)
    dirty = smartcal("diff")
    assert (dirty.code, dirty.out.splitlines()[0]) == (
        1,
        f"openapi.yaml against the last commit of main ({head})",
    )
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "-a", "-m", "narrower")
    git("branch", "-q", "other", "main~1")
    on_branch = smartcal("diff")
    assert on_branch.code == 1
    assert on_branch.out.splitlines()[0].endswith(f"against the merge base with main ({head})")
    monkeypatch.setenv("GITHUB_BASE_REF", "other")
    assert smartcal("diff").out.startswith(f"openapi.yaml against the merge base with other ({parent})\n")
    assert smartcal("diff", "git:main", "git:topic:openapi.yaml").code == 1
    assert smartcal("diff", "git:main:openapi.yaml").code == 1
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    assert smartcal("diff", "git:main:openapi.yaml", "../openapi.yaml").code == 1, "a path from the root will do"


def test_what_there_is_nothing_to_compare_with_is_exit_2_and_a_way_out(
    smartcal: Command, tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git("branch", "-q", "orphan", git("commit-tree", "-m", "x", "HEAD^{tree}"))
    git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{tmp_path}", "shallow")
    cases = [
        (("shallow", ""), "git fetch --deepen=1"),
        (("shallow", "absent"), "git fetch origin absent"),
        (("shallow", "orphan"), "git fetch --unshallow"),
        (("", "absent"), "git fetch origin absent"),
    ]
    for (folder, base), advice in cases:
        monkeypatch.chdir(tmp_path / folder)
        monkeypatch.setenv("GITHUB_BASE_REF", base)
        ended = smartcal("diff")
        assert (ended.code, ended.out) == (2, ""), ended
        assert advice in ended.err, (folder, base)
    monkeypatch.chdir(tmp_path)
    for arguments, advice in (
        (("git:nowhere", "openapi.yaml"), "git fetch origin nowhere"),
        (("git:main:absent.yaml", "openapi.yaml"), "has no file absent.yaml"),
        (("absent.yaml", "openapi.yaml"), "can't be read: No such file"),
        (("http://127.0.0.1:9/x", "openapi.yaml"), "can't be fetched"),
        (("openapi.yaml", "openapi.yaml", "--level", "enum-grow=risky"), "did you mean enum-grown?"),
        (("openapi.yaml", "openapi.yaml", "--level", "enum-grown=bad"), "takes breaking, risky, compatible"),
    ):
        ended = smartcal("diff", *arguments)
        assert (ended.code, ended.err.count("\n")) == (2, 1), ended
        assert advice in ended.err
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert "name two documents" in smartcal("diff").err


def test_what_is_not_openapi_3_or_leads_nowhere_is_refused_with_its_line(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, old=TEXT, swagger='swagger: "2.0"\ninfo: {}\n', torn="a: [", dead=TEXT.replace("/Person", "/Man"))
    write(tmp_path, parts=TEXT.replace("#/components/schemas/Person", "people.yaml#/Person"))
    for name, said in (
        ("swagger", "only OpenAPI 3.0 to 3.2 can be compared"),
        ("torn", "is not YAML"),
        ("dead", "leads nowhere"),
        ("parts", "another file; bundle the document into one"),
    ):
        ended = smartcal("diff", "old.yaml", f"{name}.yaml")
        assert (ended.code, ended.out) == (2, ""), name
        assert f"{name}.yaml:" in ended.err
        assert said in ended.err


def test_the_levels_of_rules_can_be_set_in_the_file_of_settings(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, old=TEXT, new=RISKIER)
    settings = tmp_path / "smartcal.toml"
    settings.write_text('[diff.levels]\ndefault-changed = "breaking"\n')
    assert smartcal("diff", "old.yaml", "new.yaml").code == 1
    assert smartcal("diff", "old.yaml", "new.yaml", "--level", "default-changed=risky").code == 0
    assert smartcal("routes").code == 0, "a server's settings stand beside it"
    settings.write_text('[diff]\nlevel = "x"\n')
    assert "has no setting 'level'" in smartcal("diff", "old.yaml", "new.yaml").err
