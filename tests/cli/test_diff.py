"""`smartcal diff`: what is compared, what is printed, and the exit codes."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import yaml

from tests.changes.small import SMALL
from tests.cli.conftest import Ended
from tests.house.source import ROOT

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
        ("parts", "people.yaml can't be read"),
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


def test_what_is_accepted_no_longer_fails(smartcal: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    stated = ("--reason", "announced", "--owner", "ann", "--expires", "2999-01-31")
    write(tmp_path, old=TEXT, new=NARROWER)
    assert smartcal("diff", "old.yaml", "new.yaml").code == 1
    assert smartcal("accept", "--all", *stated).out == "accepted.toml: 1 accepted; it has 1 in all\n"
    ended = smartcal("diff", "old.yaml", "new.yaml")
    assert (ended.code, ended.out.splitlines()[1]) == (0, "0 breaking, 0 risky, 0 compatible (1 accepted)")
    (change,) = json.loads(smartcal("diff", "old.yaml", "new.yaml", "--json").out)["changes"]
    assert change["accepted"] == "announced (ann, until 2999-01-31)"
    write(tmp_path, new=TEXT)
    assert "1 entry fits nothing any more: diff." in smartcal("diff", "old.yaml", "new.yaml").err
    (tmp_path / "accepted.toml").unlink()
    write(tmp_path, new=NARROWER)
    for about in (("--rule", "values-narrowed", "--operation", "listThings"), ("--operation", "GET /things")):
        assert smartcal("accept", *about, *stated, "--file", "some.toml").code == 0
        assert smartcal("diff", "old.yaml", "new.yaml", "--accepted", "some.toml").code == 0, about
        (tmp_path / "some.toml").unlink()
    smartcal("accept", "--rule", "values-narrowed", "--operation", "addThing", *stated)
    assert smartcal("diff", "old.yaml", "new.yaml").code == 1


def test_a_clause_that_is_only_decided_weighs_what_the_settings_say(smartcal: Command, tmp_path: Path) -> None:
    marked = [text.replace('"maximum"', '"x-basis": "decision", "maximum"') for text in (TEXT, NARROWER)]
    write(tmp_path, old=marked[0], new=marked[1])
    assert smartcal("diff", "old.yaml", "new.yaml").code == 1
    (tmp_path / "smartcal.toml").write_text('[diff]\ndecided = "risky"\n')
    ended = smartcal("diff", "old.yaml", "new.yaml")
    assert (ended.code, "0 breaking, 1 risky" in ended.out) == (0, True), ended.out
    (tmp_path / "smartcal.toml").write_text('[diff]\ndecided = "bad"\n')
    assert smartcal("diff", "old.yaml", "new.yaml").code == 2


def test_sarif_and_a_changelog_have_each_change(smartcal: Command, tmp_path: Path) -> None:
    new = NARROWER.replace('"name": "kind"', '"name": "kynd"')
    write(tmp_path, old=TEXT, new=new)
    run = json.loads(smartcal("diff", "old.yaml", "new.yaml", "--format", "sarif").out)["runs"][0]
    levels = {each["ruleId"]: each["level"] for each in run["results"]}
    assert levels["values-narrowed"] == "error"
    assert levels["parameter-added"] == "note"
    assert run["results"][0]["partialFingerprints"]["smartcal/v1"].startswith("diff.")
    lines = smartcal("diff", "old.yaml", "new.yaml", "--format", "changelog").out.splitlines()
    assert lines[0] == "## [2.0.0]"
    assert "- **Breaking** GET /things  query size: maximum 100 → 50" in lines
    assert lines.index("### Added") < lines.index("### Changed") < lines.index("### Removed")


def test_a_document_in_several_files_is_compared_and_linted_as_one(
    smartcal: Command, tmp_path: Path, git: Callable[..., str]
) -> None:
    data = json.loads(TEXT)
    schemas = data["components"]["schemas"]
    data["components"]["schemas"] = {"Person": schemas.pop("Person")}
    split = json.dumps(data, indent=1).replace("#/components/schemas/", "schemas/all.json#/definitions/")
    inside = json.dumps({"definitions": schemas}, indent=1)
    inside = inside.replace("#/components/schemas/Person", "../openapi.yaml#/components/schemas/Person")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "all.json").write_text(inside)
    write(tmp_path, openapi=split, whole=TEXT)
    same = smartcal("diff", "whole.yaml", "openapi.yaml")
    assert (same.code, same.out.splitlines()[1]) == (0, "no change that anybody could notice"), same.out
    git("add", "openapi.yaml", "schemas")
    git("commit", "-q", "-m", "split")
    (tmp_path / "schemas" / "all.json").write_text(inside.replace('"minimum": 0', '"minimum": -1'))
    ended = smartcal("diff")
    assert ended.code == 1
    line = inside[: inside.index('"minimum": 0')].count("\n") + 1
    assert f"schemas/all.json:{line} → schemas/all.json:{line}" in ended.out
    (tmp_path / "schemas" / "all.json").write_text(inside.replace('"minimum": 0', '"minimun": 0'))
    assert f"schemas/all.json:{line}: error schema/misspelt-keyword" in smartcal("lint").out
    (tmp_path / "schemas" / "all.json").unlink()
    for command in ("diff", "lint"):
        gone = smartcal(command)
        assert gone.code in (1, 2)
        assert "schemas/all.json can't be read" in gone.out + gone.err


def test_an_overlay_is_applied_to_both(smartcal: Command, tmp_path: Path) -> None:
    write(tmp_path, old=TEXT, new=NARROWER)
    (tmp_path / "over.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n"
        "  - {target: '$.paths[\"/things\"].get.parameters[1].schema', update: {maximum: 30}}\n"
    )
    assert smartcal("diff", "old.yaml", "new.yaml", "--overlay", "over.yaml").code == 0


def test_the_hooks_and_the_steps_that_the_page_shows_do_what_they_say(
    smartcal: Command, tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a branch with a change that breaks something, then announced."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    block = re.search(r"```yaml\n(.*?)```", (ROOT / "docs/changes.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    steps = [each["run"] for each in yaml.safe_load(block[1])["steps"] if "run" in each]
    git("checkout", "-q", "-b", "topic")
    git("update-ref", "refs/remotes/origin/main", "main")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    lines = [each["entry"] + ("" if each.get("pass_filenames", True) is False else " openapi.yaml") for each in hooks]
    lines += [each.partition(" >> ")[0].replace('"origin/$GITHUB_BASE_REF"', "origin/main") for each in steps]
    assert len(lines) == 5
    for text, failing in (
        (NARROWER, "unannounced"),
        (NARROWER.replace('"version": "1.0.0"', '"version": "2.0.0"'), ""),
    ):
        write(tmp_path, openapi=text)
        for line in lines:
            ended = smartcal(*line.split()[1:])
            assert ended.code == int(bool(failing) and failing in line), (line, ended)


def test_whatever_takes_a_contract_takes_a_revision_or_an_address(
    smartcal: Command, tmp_path: Path, git: Callable[..., str]
) -> None:
    git("tag", "v1")
    write(tmp_path, openapi=NARROWER)
    assert smartcal("contract", "--spec", "git:v1").out.strip() == TEXT.strip()
    assert smartcal("contract", "--spec", "git:v1:openapi.yaml").code == 0
    refused = smartcal("serve", "--spec", "git:v1", "--port", "0", "--key", "read")
    assert "--key" in refused.err, "the contract was read, and something else refused"
    for stated in ("git:nowhere", "git:v1:absent.yaml", "http://127.0.0.1:1/openapi.yaml"):
        ended = smartcal("verify", "--spec", stated)
        assert (ended.code, ended.out) == (2, ""), stated
        assert "Traceback" not in ended.err
