"""Objects: what is required always, what is optional mostly, so that a response looks full."""

from typing import TYPE_CHECKING, Any

from smartcal_api.mock.merging import Flat, Schema, both
from smartcal_api.mock.place import Place
from smartcal_api.mock.unsatisfiable import Unsatisfiable

if TYPE_CHECKING:
    from smartcal_api.mock.schemas import Schemas
    from smartcal_api.mock.walk import Walk

# How likely an optional member is, by attempt: `not` and `oneOf` often want one left out, minProperties all of them.
_LIKELIHOODS = (0.9, 0.5, 0.0, 1.0)
_SPARE_NAMES = 20


def member_schema(flat: Flat, name: str, schemas: "Schemas") -> Schema:
    """What `flat` says about the member `name`; False when it may not be there."""
    stated: list[Schema] = [flat["properties"][name]] if name in flat.get("properties", ()) else []
    patterns = flat.get("patternProperties", {})
    stated += [schema for pattern, schema in patterns.items() if schemas.accepts({"pattern": pattern}, name)]
    if not stated:
        rest: Schema = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
        return rest
    schema = stated[0]
    for other in stated[1:]:
        schema = both(schema, other)
    return schema


def needed(flat: Flat, present: list[str]) -> list[str]:
    """The names that must be there once those of `present` are: `required`, and `dependentRequired` to its end."""
    names = list(dict.fromkeys(flat.get("required", ())))
    dependent = flat.get("dependentRequired", {})
    pending = [*names, *present]
    while pending:
        for name in dependent.get(pending.pop(), ()):
            if name not in names:
                names.append(name)
                pending.append(name)
    return names


def make_object(flat: Flat, place: Place, walk: "Walk") -> dict[str, Any]:
    """An object for `flat`; raises `Unsatisfiable` when a member that must be there can't be made."""
    likelihood = _LIKELIHOODS[place.turn % len(_LIKELIHOODS)]
    properties = flat.get("properties", {})
    required = needed(flat, [])
    random = place.random()
    wished = [name for name in properties if name not in required and random.random() < likelihood]
    most = flat.get("maxProperties", len(properties) + len(required))
    members: dict[str, Any] = {}
    for name in required:
        members[name] = walk.make(member_schema(flat, name, walk.schemas), place.member(name))
    for name in wished:
        group = [name, *(other for other in needed(flat, [name]) if other != name)]
        missing = [other for other in group if other not in members]
        if len(members) + len(missing) > most:
            continue
        try:
            made = {name: walk.make(member_schema(flat, name, walk.schemas), place.member(name)) for name in missing}
        except Unsatisfiable:
            continue  # an optional member that can't be made (a recursive one, a forbidden one) is left out
        members.update(made)
    _invent(flat, place, walk, members)
    # As the schema lists them, whatever the order in which they were made.
    order = [*properties, *(name for name in members if name not in properties)]
    return {name: members[name] for name in order if name in members}


def _invent(flat: Flat, place: Place, walk: "Walk", members: dict[str, Any]) -> None:
    """Adds members of free choice: as many as minProperties still asks for, or two where the object is a plain map."""
    rest = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
    open_map = not flat.get("properties") and (isinstance(rest, dict) or "patternProperties" in flat)
    target = max(flat.get("minProperties", 0), min(2, flat.get("maxProperties", 2)) if open_map else 0)
    for serial in range(_SPARE_NAMES + target):
        if len(members) >= target:
            return
        try:
            name = _invented_name(flat, place.item(serial, "").again(serial + 1), walk)
            schema = member_schema(flat, name, walk.schemas)
            if name not in members:
                members[name] = walk.make(schema, place.member(name))
        except Unsatisfiable:
            continue


def _invented_name(flat: Flat, place: Place, walk: "Walk") -> str:
    """A property of the schema that was left out, else a name that `propertyNames` and `patternProperties` allow."""
    left_out: list[str] = list(flat.get("properties", ()))
    if place.turn <= len(left_out):
        return left_out[place.turn - 1]
    schema = both({"type": "string"}, flat.get("propertyNames", True))
    patterns = list(flat.get("patternProperties", ()))
    if patterns:
        schema = both(schema, {"pattern": patterns[place.turn % len(patterns)]})
    return str(walk.make(schema, place))
