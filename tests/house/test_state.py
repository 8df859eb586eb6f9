"""No module-level mutable state: two servers in one process, or a thousand sandboxes, are nothing special."""

import ast
import sys
from typing import Any

from tests.house.source import modules
from tests.wire import open_world

MUTABLE_CALLS = {"dict", "list", "set", "bytearray", "defaultdict", "deque", "Counter", "count", "Random"}
MUTATORS = {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard"}
# Memos of pure functions, bounded by the number of time zones: what they hold can't differ between two sandboxes.
MEMOS = {"seeding/zones.py"}


def test_what_a_module_holds_is_constant() -> None:
    """A table at the top of a module has a constant's name, and no function of the module writes to it."""
    wrong = []
    for module in modules():
        tables = _tables(module.tree)
        wrong += [f"{module.path}: {name}" for name in tables if name != name.upper() and name != "__all__"]
        wrong += [f"{module.path}:{line} writes to {name}" for line, name in _writes(module.tree) if name in tables]
    assert wrong == []


def test_no_function_keeps_anything_outside_of_itself() -> None:
    """A memo belongs into an object that somebody holds."""
    for module in modules():
        nodes = list(ast.walk(module.tree))
        assert [node.lineno for node in nodes if isinstance(node, ast.Global)] == [], module.path
        if module.path not in MEMOS:
            assert not {node.id for node in nodes if isinstance(node, ast.Name)} & {"cache", "lru_cache"}, module.path


def test_serving_leaves_every_module_as_it_was() -> None:
    """Two worlds, with the same requests to each, change nothing that outlives them."""
    _exercise()
    before = _globals()
    _exercise()
    assert _globals() == before


def _exercise() -> None:
    for seed in (1, 2):
        world = open_world(seed=seed)
        key = world.key("admin")
        (booking,) = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
        world.post(f"/api/v1/bookings/{booking['id']}/cancel", {"reason": "x"}, key=key)
        world.post("/api/v1/webhooks", {"url": "https://example.com", "events": ["event.created"]}, key=key)
        world.get("/nothing", key="wrong")
        world.get("/.well-known/oauth-authorization-server", headers={"origin": "http://localhost:3000"})


def _globals() -> dict[str, str]:
    """Every table of every module of the package, class attributes among them, as text."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.startswith("smartcal_api"):
            for attribute, value in vars(module).items():
                if attribute == "__builtins__":
                    continue
                if isinstance(value, dict | list | set | bytearray):
                    found[f"{name}.{attribute}"] = repr(value)
                elif isinstance(value, type) and value.__module__ == name:
                    for inner, held in _own(value):
                        found[f"{name}.{attribute}.{inner}"] = repr(held)
                elif type(value).__module__.startswith("smartcal_api") and hasattr(value, "__dict__"):
                    found[f"{name}.{attribute}"] = repr(vars(value))
    return found


def _own(cls: type) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in vars(cls).items() if isinstance(value, dict | list | set | bytearray)]


def _tables(tree: ast.Module) -> set[str]:
    """The names that a module gives to dicts, lists and sets."""
    tables = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_mutable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            tables |= {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return tables


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
        return True
    called = value.func if isinstance(value, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return name in MUTABLE_CALLS


def _writes(tree: ast.Module) -> list[tuple[int, str]]:
    """(line, name) of whatever a function changes a name in place by; at import, a table may be put together."""
    found = []
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    for node in {inner for function in functions for inner in ast.walk(function)}:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = [target.value for target in node.targets if isinstance(target, ast.Subscript)]
        elif isinstance(node, ast.AugAssign):
            targets = [node.target.value if isinstance(node.target, ast.Subscript) else node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            targets = [node.func.value]
        found += [(node.lineno, target.id) for target in targets if isinstance(target, ast.Name)]
    return found
