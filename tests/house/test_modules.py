"""One noun a module, short, with a name that says something and docstrings where somebody else will read."""

import ast
from collections.abc import Iterator

from tests.house.source import PACKAGE, Module, modules

LONGEST = 250
MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "shared", "tools", "stuff"}
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def test_no_module_is_longer_than_250_lines() -> None:
    lengths = {module.path: module.text.count("\n") for module in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_the_name_of_a_module_says_what_is_in_it() -> None:
    names = {module.path: {part.removesuffix(".py") for part in module.path.split("/")} for module in modules()}
    assert [path for path, parts in names.items() if parts & MEANINGLESS] == []


def test_every_module_says_what_its_name_can_not() -> None:
    assert [module.path for module in modules() if not ast.get_docstring(module.tree)] == []


def test_what_a_module_offers_has_a_docstring() -> None:
    """But for what its reader has seen whole before he would have read one, and for a module's one and only noun, of
    which the module's own docstring speaks."""
    silent = []
    for module in modules():
        offered = dict(_public(module))
        for name, node in offered.items():
            if any(ast.unparse(each).startswith(("law(", "defect(")) for each in node.decorator_list):
                continue  # its title is its docstring
            short = (node.end_lineno or node.lineno) - node.lineno < 10
            if ast.get_docstring(node) is None and not short and len(offered) > 1:
                silent.append(f"{module.path}: {name}")
    assert silent == []


def test_a_package_holds_more_than_one_module() -> None:
    for package in {path.parent for path in PACKAGE.rglob("*.py")} - {PACKAGE}:
        assert len([path for path in package.glob("*.py") if path.name != "__init__.py"]) >= 2, package.name


def _public(module: Module) -> Iterator[tuple[str, Definition]]:
    for node in module.tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node.name, node
