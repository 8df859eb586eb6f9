"""What docs/ shows is executed: its commands, its tests, its programs and its configurations."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartcal_api.cli.main import cli
from tests.e2e.server import environment, serving
from tests.house.source import ROOT
from tests.house.test_readme import ADDRESS, _run, begins, commands

PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [found[1] for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def test_each_page_is_one_that_the_readme_leads_to() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert PAGES
    assert [page.name for page in PAGES if f"docs/{page.name}" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    found = list(commands(page.read_text(encoding="utf-8")))
    # A server doesn't end by itself: the page on data has a test of its own, tests/e2e/test_data.py.
    listed = [] if any(command.text.startswith("smartcal serve") for command in found) else found
    (tmp_path / "server").mkdir()
    with serving(tmp_path / "server") as server:
        address = f"127.0.0.1:{server.port}"
        outputs = _run([command.text.replace(ADDRESS, address) for command in listed], tmp_path, server)
        for command, (status, output) in zip(listed, outputs, strict=True):
            where = f"{page.name}:{command.line}: {command.text}\n{output}"
            assert status == 0, where
            expected = tuple(line.replace(ADDRESS, address) for line in command.output)
            assert begins(output.splitlines(), expected), where


def test_the_tests_that_the_page_on_pytest_shows_pass(tmp_path: Path) -> None:
    (source,) = blocks("pytest.md", "python")
    (tmp_path / "test_shown.py").write_text(source)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "smartcal_api.pytest_plugin",
            "-p",
            "no:cacheprovider",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{source.count('def test_')} passed" in done.stdout


def test_the_program_for_node_passes(tmp_path: Path) -> None:
    """Where this machine has no Node, what it says of commands and addresses has been run above."""
    (source,) = blocks("recipes.md", "js")
    (tmp_path / "calendar.test.mjs").write_text(source)
    if shutil.which("node") is not None:
        done = subprocess.run(
            [sys.executable, "-m", "smartcal_api", "exec", "--", "node", "--test", "calendar.test.mjs"],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_container_is_started_with_flags_that_serve(tmp_path: Path) -> None:
    compose, _ = (yaml.safe_load(block) for block in blocks("recipes.md", "yaml"))
    command, *flags = compose["services"]["smartcal"]["command"]
    assert command == "serve"
    key = compose["services"]["app"]["environment"]["SMARTCAL_KEY"]
    with serving(tmp_path, *flags) as server:
        assert server.request("GET", "/api/v1/me", key=key).status == 200
        assert server.request("GET", "/_sandbox/health").status == 401
        assert server.request("GET", "/_sandbox/health", key=server.ready["control_token"]).status == 200


def test_the_steps_of_the_workflow_are_commands_with_flags_that_exist() -> None:
    _, workflow = (yaml.safe_load(block) for block in blocks("recipes.md", "yaml"))
    steps = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    ours = [step.split() for step in steps if step.startswith("smartcal ")]
    assert ours
    for _, name, *words in ours:
        command: Any = cli.get_command(None, name)  # type: ignore[arg-type]  # ours looks at the name alone
        known = {flag for parameter in command.params for flag in parameter.opts}
        own = words[: words.index("--")] if "--" in words else words
        assert {word for word in own if word.startswith("--")} <= known, name
