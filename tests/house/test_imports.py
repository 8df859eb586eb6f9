"""Imports go down only: a part may import the parts of lower layers, and nothing beside or above itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator

from tests.house.source import Module, modules

# From top to bottom. Parts of one layer don't know each other.
LAYERS = (
    ("__main__",),
    ("cli", "pytest_plugin"),
    ("defects", "release", "impact", "load"),
    ("server", "conformance", "lint"),
    ("app",),
    ("web",),
    ("api", "control"),
    ("http",),
    ("sandbox", "receiver_check"),
    ("journal",),
    ("changes",),
    ("traffic",),
    ("seeding", "mock", "auth", "webhooks"),
    ("store",),
    ("contract",),
    ("settings",),
    ("remote",),
    ("bookings",),
    ("last_run",),
    ("accepted",),
    ("input", "output", "annotations"),
    ("errors", "clock", "ids", "background", "__init__"),
)
# A judge of deployments must not share anything with what it judges but the contract.
ONLY_FROM = {
    "conformance": {"accepted", "annotations", "contract", "errors", "input"},
    "changes": {"annotations", "traffic", "contract", "mock", "input", "errors"},
    "impact": {"annotations", "conformance", "traffic", "contract", "errors"},
    "load": {"conformance", "contract", "remote", "errors"},
    "release": {"conformance", "input", "errors"},
}
# What a server was asked for is turned into parameters at the top; whatever is below gets those, not the settings.
ONLY_FOR = {"settings": {"cli", "defects", "server"}, "cli": {"__main__"}}


def imported(module: Module) -> Iterator[tuple[int, str]]:
    """(line, part) of everything imported from this package, inside of functions too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.path}:{node.lineno}: imports are absolute"
            names = [node.module or ""]
            if names == ["smartcal_api"]:
                names = [f"smartcal_api.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "smartcal_api":
                first = rest.split(".")[0]
                yield node.lineno, first if any(first in layer for layer in LAYERS) else "__init__"


def depth(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


def test_every_part_of_the_package_has_its_layer() -> None:
    assert {module.part for module in modules()} == {part for layer in LAYERS for part in layer}


def test_imports_go_down_only() -> None:
    wrong = [
        f"{module.path}:{line} imports {part}"
        for module in modules()
        for line, part in imported(module)
        if part != module.part
        and (depth(part) <= depth(module.part) or module.part not in ONLY_FOR.get(part, {module.part}))
    ]
    assert wrong == []


def test_a_part_that_may_know_few_others_knows_no_more() -> None:
    wrong = [
        f"{module.path}:{line} imports {part}"
        for module in modules()
        for line, part in imported(module)
        if part not in ONLY_FROM.get(module.part, {part}) | {module.part}
    ]
    assert wrong == []


def test_judging_a_deployment_loads_nothing_of_a_server() -> None:
    script = (
        "import sys, smartcal_api.conformance.verification as _;"
        "print(*(name for name in sys.modules if name.split('.')[0] in"
        " {'sqlite3', 'connexion', 'starlette', 'uvicorn', 'authlib'} or name in {"
        "'smartcal_api.app', 'smartcal_api.http', 'smartcal_api.api', 'smartcal_api.server', 'smartcal_api.sandbox',"
        " 'smartcal_api.store', 'smartcal_api.auth'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_the_contract_knows_no_server() -> None:
    """Whoever reads contracts (the checks of a deployment, later) must not get a web framework along."""
    servers = {"connexion", "starlette", "uvicorn", "uvloop", "httptools", "sqlite3", "click", "faker"}
    for module in modules():
        if module.part in {"contract", "errors", "clock", "ids", "settings"}:
            for node in ast.walk(module.tree):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not servers & {name.split(".")[0] for name in names}, module.path
