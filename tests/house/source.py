"""The source of the package, parsed, for the rules that are held over all of it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "smartcal_api"


class Module(NamedTuple):
    """A module: its path from the package (`http/gate.py`), its part (`http`, `clock`), its text and its tree."""

    path: str
    part: str
    text: str
    tree: ast.Module

    def strings(self) -> Iterator[tuple[int, str]]:
        """(line, text) of every string literal but docstrings, pieces of f-strings among them."""
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node.lineno, node.value


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        text = path.read_text(encoding="utf-8")
        found.append(Module(inside.as_posix(), inside.parts[0].removesuffix(".py"), text, ast.parse(text)))
    assert len(found) > 50, "the rules would hold for an empty package"
    return tuple(found)
