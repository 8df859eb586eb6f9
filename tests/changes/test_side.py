"""Documents of others are read leniently: 3.0's words, YAML's aliases, references of all kinds."""

import copy
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from smartcal_api.changes.comparison import Comparison, compare
from smartcal_api.changes.side import Side
from smartcal_api.contract import Document
from smartcal_api.errors import ContractError
from tests.changes.small import SMALL, TODAY, side


def old_words() -> dict[str, Any]:
    """The small document in the words of OpenAPI 3.0."""
    data = copy.deepcopy(SMALL)
    data["openapi"] = "3.0.3"
    for name in ("Thing", "NewThing"):
        data["components"]["schemas"][name]["properties"]["note"] = {"type": "string", "nullable": True}
    owner = {"nullable": True, "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    data["components"]["schemas"]["Thing"]["properties"]["owner"] = owner
    size = data["paths"]["/things"]["get"]["parameters"][1]["schema"]
    size.update(maximum=101, exclusiveMaximum=True)
    count = data["components"]["schemas"]["Thing"]["properties"]["count"]
    count.update(exclusiveMinimum=False)
    return data


def difference(old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    return compare(side(old, "old"), side(new, "new"), today=TODAY)


def test_the_same_in_the_words_of_3_0_is_no_change() -> None:
    assert difference(old_words(), SMALL).changes == ()
    assert difference(SMALL, old_words()).changes == ()
    edited = old_words()
    edited["components"]["schemas"]["NewThing"]["properties"]["note"].pop("nullable")
    assert [change.rule for change in difference(old_words(), edited).changes] == ["values-narrowed"]


def test_aliases_are_read_and_circular_ones_refused() -> None:
    document = Document(Path("a.yaml"), b"openapi: 3.1.0\ninfo: &i {version: 1.0.0}\nx-a: *i\nx-b: *i\n", aliases=True)
    assert Side(document, "old").data["x-b"] == {"version": "1.0.0"}
    for source in (b"openapi: 3.1.0\ninfo: &i {x: *i}\n", b"a: &a [*a]\n"):
        with pytest.raises(ContractError, match="alias"):
            Document(Path("a.yaml"), source, aliases=True)


def test_aliases_that_would_fill_the_memory_are_refused() -> None:
    lines = ["openapi: 3.1.0", "x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ContractError, match="too large with its aliases written out"):
        Document(Path("a.yaml"), "\n".join(lines).encode(), aliases=True)


def test_a_recursive_schema_is_compared_once_round() -> None:
    data = copy.deepcopy(SMALL)
    tree = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "maximum": 5},
            "kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    }
    data["components"]["schemas"]["Tree"] = tree
    data["components"]["schemas"]["NewThing"]["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}
    edited = copy.deepcopy(data)
    assert difference(data, edited).changes == ()
    edited["components"]["schemas"]["Tree"]["properties"]["n"]["maximum"] = 4
    (change,) = difference(data, edited).changes
    assert (change.rule, change.part, change.text) == ("values-narrowed", "body tree.n", "maximum 5 → 4")
    assert change.witness is not None
    assert change.witness.whole["tree"] == {"n": 5}
    edited["components"]["schemas"]["Tree"]["properties"]["n"]["maximum"] = 6
    assert [each.level.value for each in difference(data, edited).changes] == ["compatible"]


def test_yaml_and_json_of_the_same_document_are_the_same() -> None:
    written = Document(Path("new.yaml"), yaml.safe_dump(SMALL).encode())
    assert compare(side(SMALL, "old"), Side(written, "new"), today=TODAY).changes == ()


def test_what_stands_where_something_else_has_to_is_refused_and_never_trips_anybody() -> None:
    """Any node of the document replaced by anything: it is refused with its line, or compared."""
    pick = Random(5)
    places = list(_places(SMALL))
    refused: list[ContractError] = []
    for _ in range(150):
        data = copy.deepcopy(SMALL)
        *above, last = pick.choice(places)
        holder: Any = data
        for step in above:
            holder = holder[step]
        holder[last] = pick.choice([None, 5, "x", [], {}, True, [5], {"a": 5}, {"$ref": "#/info"}, {"$ref": 5}, -1])
        try:
            difference(SMALL, data)
        except ContractError as error:
            refused.append(error)
    assert 0 < len(refused) < 150
    assert all(finding.line for error in refused for finding in error.findings)


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*above, key)
        yield from _places(each, (*above, key))
