"""What docs/ shows is executed: its commands, its tests, its programs and its configurations."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from smartcal_api.cli.main import cli
from tests.e2e.server import environment, run, serving
from tests.house.source import ROOT
from tests.house.test_readme import ADDRESS, _run, begins, commands

SCRIPTS = ("run.sh", "webhooks.sh", "recipes.sh", "companion.sh")
MISSING = [
    *((script, [], "npm") for script in SCRIPTS),
    ("recipes.sh", ["npm"], "go"),
    ("java.sh", [], "mvn"),
    ("companion.sh", ["npm"], "browser"),
]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [found[1] for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def test_the_readme_leads_to_the_index_and_that_to_every_page_each_once() -> None:
    readme, index = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/index.md"))
    assert "docs/index.md" in readme
    assert PAGES
    assert [page.name for page in PAGES if page.name != "index.md" and index.count(f"]({page.name})") != 1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_where_a_page_leads_there_is_something(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for file in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / file).exists(), file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    found = list(commands(page.read_text(encoding="utf-8")))
    # A server doesn't end by itself: the page on data has a test of its own, tests/e2e/test_data.py.
    serves = any(command.text.startswith("smartcal serve") and "--help" not in command.text for command in found)
    listed = [] if serves else found
    (tmp_path / "server").mkdir()
    with serving(tmp_path / "server") as server:
        address = f"127.0.0.1:{server.port}"
        outputs = _run([command.text.replace(ADDRESS, address) for command in listed], tmp_path, server)
        for command, (status, output) in zip(listed, outputs, strict=True):
            where = f"{page.name}:{command.line}: {command.text}\n{output}"
            assert status == 0, where
            expected = tuple(line.replace(ADDRESS, address) for line in command.output)
            assert begins(output.splitlines(), expected), where


def test_the_tests_in_python_that_pages_show_pass(tmp_path: Path) -> None:
    shown = {page: "\n\n".join(blocks(f"{page}.md", "python")) for page in ("pytest", "oauth", "recipes")}
    for page, source in shown.items():
        (tmp_path / f"test_{page}.py").write_text(source)
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
            "-p",
            "anyio.pytest_plugin",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{sum(source.count('def test_') for source in shown.values())} passed" in done.stdout


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
    compose, *_ = (yaml.safe_load(block) for block in blocks("recipes.md", "yaml"))
    command, *flags = compose["services"]["smartcal"]["command"]
    assert command == "serve"
    key = compose["services"]["app"]["environment"]["SMARTCAL_KEY"]
    with serving(tmp_path, *flags) as server:
        assert server.request("GET", "/api/v1/me", key=key).status == 200
        address = urlsplit(compose["services"]["app"]["environment"]["SMARTCAL_BASE_URL"])
        assert server.request("GET", f"{address.path}/me", key=key, headers={"Host": address.netloc}).status == 200
        assert server.request("GET", "/_sandbox/health").status == 401
        for host, status in ((address.netloc, 200), ("other:8080", 403)):
            named = server.request("GET", "/_sandbox/health", key=server.ready["control_token"], headers={"Host": host})
            assert named.status == status, named.body


def test_the_steps_of_the_workflow_are_commands_with_flags_that_exist() -> None:
    _, workflow, gitlab = (yaml.safe_load(block) for block in blocks("recipes.md", "yaml"))
    (jenkins,) = blocks("recipes.md", "groovy")
    listed = [
        [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step],
        gitlab["test"]["script"],
        [step.replace("python -m smartcal_api", "smartcal") for step in re.findall(r"sh '(.*)'", jenkins)],
    ]
    told = [[step.split() for step in steps if step.startswith("smartcal ")] for steps in listed]
    assert all(told)
    ours = [step for steps in told for step in steps]
    for _, name, *words in ours:
        command: Any = cli.get_command(None, name)  # type: ignore[arg-type]  # ours looks at the name alone
        known = {flag for parameter in command.params for flag in parameter.opts}
        own = words[: words.index("--")] if "--" in words else words
        assert {word for word in own if word.startswith("--")} <= known, name


def test_what_the_container_and_the_workflow_are_made_of_exists() -> None:
    compose, workflow, _ = (yaml.safe_load(block) for block in blocks("recipes.md", "yaml"))
    service = compose["services"]["smartcal"]
    built = (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert "\nHEALTHCHECK " in built, "the app waits for a server that is healthy"
    assert f"EXPOSE {urlsplit(compose['services']['app']['environment']['SMARTCAL_BASE_URL']).port}" in built
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    steps = workflow["jobs"]["test"]["steps"]
    (installed,) = re.findall(r'pip install "([\w-]+)\[([\w-]+)\]"', "\n".join(step.get("run", "") for step in steps))
    assert installed[0] == project["name"]
    assert installed[1] in project["optional-dependencies"]
    (version,) = (step["with"]["python-version"] for step in steps if "python-version" in step.get("with", {}))
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_the_variables_of_the_page_on_other_languages_are_those_that_a_command_gets(tmp_path: Path) -> None:
    text = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    compose = yaml.safe_load(blocks("recipes.md", "yaml")[0])
    own = set(compose["services"]["app"]["environment"])
    done = run("exec", "--", sys.executable, "-c", "import os; print(*os.environ, sep='\\n')", folder=tmp_path)
    given = {name for name in done.stdout.split() if name.startswith("SMARTCAL_")}
    named = set(re.findall(r"\bSMARTCAL_[A-Z_]+", text)) - {"SMARTCAL_OTHER_KEY_", "SMARTCAL_BUNDLES"}
    assert named - given <= own
    assert "SMARTCAL_OTHER_KEY_READ" in given


@pytest.mark.parametrize(("script", "there", "missing"), MISSING, ids=[f"{each[0]} {each[2]}" for each in MISSING])
def test_what_a_script_lacks_it_names_and_ends_with_2(
    script: str, there: list[str], missing: str, tmp_path: Path
) -> None:
    for name in ("sh", "dirname", "mktemp", "rm"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["sh", str(ROOT / "tests/js" / script), str(Path(sys.executable).parent)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"this machine has no {missing}: " in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
