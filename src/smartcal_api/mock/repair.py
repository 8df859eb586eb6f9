"""Stored documents under an edited contract: what is missing is filled in, what no longer fits is made anew (SRC 5)."""

from typing import Any, NamedTuple

import jsonschema_rs

from smartcal_api.mock.generator import ValueGenerator
from smartcal_api.mock.mender import Mender
from smartcal_api.mock.merging import Schema
from smartcal_api.mock.place import escape
from smartcal_api.mock.unsatisfiable import Unsatisfiable


class Repair(NamedTuple):
    """A valid document, and what it took: JSON pointers with `*` for an array's index (`/attendees/*/email`)."""

    document: dict[str, Any]
    filled: list[str]
    remade: list[str]


def repair(
    document: dict[str, Any],
    *,
    validator: jsonschema_rs.Draft202012Validator,
    schema: Schema,
    generator: ValueGenerator,
    salt: str,
    keep: frozenset[str] = frozenset({"id"}),
) -> Repair:
    """`document` made valid against `schema` (compiled: `validator`), changed in as few places as possible.

    A missing member gets the schema's default, else its first example, else a generated value. What no longer fits is
    made anew, or taken out where it may no longer be. Members named in `keep` at the top change only if nothing else
    helps. A valid document comes back as it is. Raises `Unsatisfiable` when no valid document was found.
    """
    if validator.is_valid(document):
        return Repair(document, [], [])
    mended = Mender(generator, salt=salt, keep=keep).mend(document, schema, accepts=validator.is_valid)
    if not isinstance(mended.value, dict) or not validator.is_valid(mended.value):
        error = next(validator.iter_errors(mended.value), None)
        pointer = "".join("/" + escape(str(token)) for token in error.instance_path) if error else ""
        cause = error.message if error else "the schema no longer describes an object"
        raise Unsatisfiable("", f"no repair found for {pointer or 'the document'} ({cause})")
    return Repair(mended.value, list(dict.fromkeys(mended.filled)), list(dict.fromkeys(mended.remade)))
