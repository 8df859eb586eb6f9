"""Arrays: a few items, distinct where they must be, none where an item can't be made and none is needed."""

import json
from typing import TYPE_CHECKING, Any

from smartcal_api.mock.merging import Flat, Schema, both
from smartcal_api.mock.names import singular
from smartcal_api.mock.place import Place
from smartcal_api.mock.unsatisfiable import Unsatisfiable

if TYPE_CHECKING:
    from smartcal_api.mock.walk import Walk

_USUAL = 3
_TRIES = 12


def item_schema(flat: Flat, index: int) -> Schema:
    """What `flat` says about the item at `index`; False when it may not be there."""
    prefix = flat.get("prefixItems", ())
    schema: Schema = prefix[index] if index < len(prefix) else flat.get("items", flat.get("unevaluatedItems", True))
    return schema


def identity(value: Any) -> str:
    """Equal for values that JSON Schema takes for the same item (and apart for true and 1)."""
    return json.dumps(value, sort_keys=True)


def make_array(flat: Flat, place: Place, walk: "Walk") -> list[Any]:
    """An array for `flat`; raises `Unsatisfiable` when it can't be made long enough."""
    containing = flat.get("minContains", 1) if "contains" in flat else 0
    least = max(flat.get("minItems", 0), containing)
    most = flat.get("maxItems", max(least, _USUAL, len(flat.get("prefixItems", ()))))
    prefix = min(len(flat.get("prefixItems", ())), most)
    wished = place.random().randint(max(least, prefix, min(1, most)), max(least, prefix, min(_USUAL, most)))
    name, unique = singular(place.name), flat.get("uniqueItems", False)
    items: list[Any] = []
    seen: set[str] = set()
    for index in range(wished):
        schema = item_schema(flat, index)
        # The last ones are those that `contains` asks for, unless each position has a schema of its own.
        if containing and (index >= max(prefix, wished - containing) or (prefix >= wished and index < containing)):
            schema = both(schema, flat.get("contains", True))
        try:
            item = _distinct(schema, place.item(index, name), walk, seen, unique)
        except Unsatisfiable:
            if index < least:
                raise
            break
        items.append(item)
    return items


def _distinct(schema: Schema, place: Place, walk: "Walk", seen: set[str], unique: bool) -> Any:
    for attempt in range(_TRIES):
        item = walk.make(schema, place.again(attempt))
        if not unique:
            return item
        if identity(item) not in seen:
            seen.add(identity(item))
            return item
    raise Unsatisfiable(place.where, "its items must differ, and no further different one was found")
