"""The recipes of docs/release.md decide about a release: executed as they stand, for each of the three answers."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartcal_api.cli.targets import _named
from smartcal_api.contract.contract import shipped
from smartcal_api.release.policy import read_policy
from tests.e2e.server import Running, environment, serving
from tests.house.test_docs import blocks

TARGET, POLICY = blocks("release.md", "toml")
SHARDS_GITHUB, SHARDS_GITLAB, GITHUB, GITLAB = (yaml.safe_load(block) for block in blocks("release.md", "yaml"))
BUILD = "3f2a91c"


def steps() -> list[str]:
    """The commands of GitHub's job, without what gets the package."""
    told = [step["run"] for step in GITHUB["jobs"]["decide"]["steps"] if "run" in step]
    return [each for each in told if not each.startswith("pip install")]


def commands(script: list[str]) -> str:
    """What a job runs, as one script, without what gets the package."""
    return "\n".join(each for each in script if not each.startswith("pip install"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Of a team that has the contract, two commits, and the two files that the page shows."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "openapi.yaml").write_bytes(shipped().read_bytes())
    (folder / "release.toml").write_text(POLICY)
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    for words in (("init", "-q", "-b", "main", "."), ("add", "."), (*identity, "commit", "-q", "-m", "One")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "Two"], cwd=folder, check=True)
    return folder


def decided(repository: Path, server: Running, **more: str) -> tuple[int, str]:
    """What the steps come to, each only if the one before it went well."""
    target = TARGET.replace("https://staging.example.com", f"http://127.0.0.1:{server.port}")
    (repository / "smartcal.toml").write_text(target)
    path = f"{Path(sys.executable).parent}:{environment()['PATH']}"
    told = environment(BUILD=BUILD, STAGING_KEY_READ=server.ready["keys"]["read"], PATH=path, **more)
    done = subprocess.run(
        ["sh", "-ec", "\n".join(steps())], cwd=repository, env=told, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_what_the_page_shows_is_a_target_and_a_policy(tmp_path: Path) -> None:
    (name,) = tomllib.loads(TARGET)["targets"]
    document = _named(name, tomllib.loads(TARGET)["targets"][name]).document({"STAGING_KEY_READ": "a-key-of-staging"})
    assert document["keys"] == {"read": ["a-key-of-staging"]}
    (tmp_path / "release.toml").write_text(POLICY)
    assert read_policy(tmp_path / "release.toml").labels == ["build"]


def test_both_recipes_run_the_same_commands() -> None:
    assert [each for each in GITLAB["decide"]["script"] if not each.startswith("pip install")] == steps()
    assert GITLAB["decide"]["allow_failure"] == {"exit_codes": [3]}
    handed: dict[str, Any] = GITHUB["jobs"]["decide"]["env"]
    assert {"BUILD", *(name for name in handed if name.startswith("STAGING"))} == {"BUILD", "STAGING_KEY_READ"}


def test_a_release_is_decided_for_each_of_the_three_answers(repository: Path, tmp_path: Path) -> None:
    few = {"SMARTCAL_VERIFY_PROFILE": "quick"}
    with serving(tmp_path, "--defect", "pages-overlap", "--rate-limits", "off") as server:
        code, told = decided(repository, server, SMARTCAL_VERIFY_ONLY="PAGE1listEvents", **few)
        assert (code, "no: it can't be released\n" in told, "✗ broken: 1 cause: PAGE 1" in told) == (1, True, True), (
            told
        )
        # Laws alone that hold were tried, which is not enough to release by.
        code, told = decided(repository, server, SMARTCAL_VERIFY_ONLY="PAGE5", **few)
        assert (code, "left out by --only" in told) == (3, True), told
        # Traffic of the deployment that was recorded stands in for a whole run, which takes minutes.
        assert server.request("GET", "/api/v1/me", key=server.ready["keys"]["read"]).status == 200
        har = server.request("GET", "/_sandbox/sandboxes/default/journal/har").body
        entries = [each for each in json.loads(har)["log"]["entries"] if each["request"]["url"].endswith("/me")]
        (repository / "traffic.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries[-1:]}}))
        code, told = decided(repository, server, SMARTCAL_VERIFY_HAR="traffic.har")
        assert (code, f"✓ build: build {BUILD}" in told) == (0, True), told
    written = {path.name for path in (repository / "verdict").iterdir()}
    uploaded = (
        GITHUB["jobs"]["decide"]["steps"][-1]["with"]["sarif_file"],
        GITLAB["decide"]["artifacts"]["reports"]["junit"],
    )
    assert {Path(each).name for each in uploaded} <= written


def test_shards_of_a_matrix_make_one_verdict(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{environment()['PATH']}"

    def run(script: str, **more: str) -> int:
        told = environment(PATH=path, SMARTCAL_VERIFY_ONLY="PAGE5", SMARTCAL_VERIFY_PROFILE="quick", **more)
        return subprocess.run(
            ["sh", "-ec", script], cwd=tmp_path, env=told, capture_output=True, check=False
        ).returncode

    shard, verdict = SHARDS_GITHUB["jobs"]["shard"]["steps"], SHARDS_GITHUB["jobs"]["verdict"]["steps"]
    of_github = commands([each["run"] for each in shard if "run" in each])
    merging = commands([each["run"] for each in verdict if "run" in each])
    assert merging == commands(SHARDS_GITLAB["verdict"]["script"])
    count = len(SHARDS_GITHUB["jobs"]["shard"]["strategy"]["matrix"]["number"])
    assert SHARDS_GITHUB["jobs"]["shard"]["env"]["SHARD"] == f"${{{{ matrix.number }}}}/{count}"
    assert run(of_github, SHARD="1/2", BUILD=BUILD) == 0
    (tmp_path / "shards" / "shard-1").mkdir(parents=True)
    (tmp_path / "shard" / "verdict.json").rename(tmp_path / "shards" / "shard-1" / "verdict.json")
    assert run(merging) == 3, "the other shard is missing"
    of_gitlab = commands(SHARDS_GITLAB["shard"]["script"])
    assert run(of_gitlab, CI_NODE_INDEX="2", CI_NODE_TOTAL="2", CI_COMMIT_SHA=BUILD) == 0
    assert run(merging, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md")) == 0
    merged = json.loads((tmp_path / "verdict.json").read_text())
    assert [each["law"] for each in merged["outcomes"]] == ["PAGE 5"] * 4
    assert (tmp_path / "summary.md").read_text().startswith("### ✅ Conformant")
