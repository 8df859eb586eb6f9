"""The schemas of one document: references followed, compositions flattened, validators compiled once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import unquote

import jsonschema_rs

from smartcal_api.mock.discriminators import Discriminators
from smartcal_api.mock.merging import Flat, Schema, merge
from smartcal_api.mock.unsatisfiable import Unsatisfiable

# How often one reference may stand on the way to a value: a recursive type appears once inside itself, not twice.
RECURSION_LIMIT = 2
_COMPOSING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "discriminator"})
T = TypeVar("T")


class Choices:
    """Which branch is taken at each fork: the digits of `turn` in a mixed radix.

    So successive turns visit every combination, and `total` is how many the forks met so far have. With a `weight`,
    what is rare (null) gets one share where anything else gets that many.
    """

    def __init__(self, turn: int, *, weight: int = 1) -> None:
        self._turn = turn
        self._weight = weight
        self.total = 1

    def pick(self, options: Sequence[T], *, rare: Callable[[T], bool] = lambda _: False) -> T:
        weighed = [option for option in options for _ in range(1 if rare(option) else self._weight)]
        # Without something rare all shares are equal, and repeating them would only lengthen the search.
        shares = weighed if any(map(rare, options)) else options
        self._turn, index = divmod(self._turn, len(shares))
        self.total *= len(shares)
        return shares[index]


class Schemas:
    """Whatever can be asked about a schema of `document` (an OpenAPI document with local references alone)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._discriminators = Discriminators(document, self.target)

    def accepts(self, schema: Schema, value: Any) -> bool:
        """Whether `value` is valid against `schema`, formats included."""
        if schema is True:
            return True
        key = json.dumps(schema)
        validator = self._validators.get(key)
        if validator is None:
            validator = self._validators[key] = self._compile(schema)
        return validator.is_valid(value)

    def target(self, ref: str) -> Schema:
        """What a local reference (`#/components/schemas/Event`) leads to; raises `Unsatisfiable` for a dead one."""
        node: Any = self._document
        try:
            for token in _tokens(ref):
                node = node[int(token)] if isinstance(node, list) else node[token]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise Unsatisfiable(ref, "the reference leads nowhere") from error
        found: Schema = node
        return found

    def expand(
        self, schema: Schema, choices: Choices, *, refs: tuple[str, ...] = (), entered: tuple[str, ...] = ()
    ) -> tuple[Flat, tuple[str, ...]]:
        """One flat schema (see `merge`), a branch chosen at every fork; and the references that were followed.

        `refs` were followed before, the `entered` ones for the same value; raises `Unsatisfiable` where one would recur
        beyond `RECURSION_LIMIT`.
        """
        if isinstance(schema, bool):
            return ({} if schema else {"type": []}), ()
        if _COMPOSING.isdisjoint(schema):
            return schema, ()
        flat: Flat = {keyword: value for keyword, value in schema.items() if keyword not in _COMPOSING}
        followed: dict[str, None] = {}
        for ref, part in self._parts(schema, choices, entered):
            if ref:
                if refs.count(ref) >= RECURSION_LIMIT:
                    raise Unsatisfiable(ref, "the schema needs itself inside itself without an end")
                followed[ref] = None
            further = (ref,) if ref else ()
            inner, deeper = self.expand(part, choices, refs=refs + further, entered=entered + further)
            followed.update(dict.fromkeys(deeper))
            flat = merge(flat, inner)
        return flat, tuple(followed)

    def examples(self, schema: Schema) -> list[Any]:
        """The examples stated for a schema, here and behind `$ref` and `allOf`."""
        said = self._said(schema)
        return [value for part in said for value in [*part.get("examples", ()), *_optional(part, "example")]]

    def defaults(self, schema: Schema) -> list[Any]:
        return [value for part in self._said(schema) for value in _optional(part, "default")]

    def _said(self, schema: Schema, depth: int = 0) -> list[Mapping[str, Any]]:
        if isinstance(schema, bool) or depth > 8:
            return []
        parts = [self.target(schema["$ref"])] if "$ref" in schema else []
        return [schema, *(said for part in [*parts, *schema.get("allOf", ())] for said in self._said(part, depth + 1))]

    def _parts(
        self, schema: Mapping[str, Any], choices: Choices, entered: tuple[str, ...]
    ) -> Iterator[tuple[str, Schema]]:
        """What must hold beside the plain keywords: (the reference followed or "", the schema)."""
        if "$ref" in schema:
            yield schema["$ref"], self.target(schema["$ref"])
        for part in schema.get("allOf", ()):
            yield "", part
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                taken = choices.pick(schema[keyword], rare=_is_null)
                yield "", taken
                if "discriminator" in schema:
                    yield "", self._discriminators.of_branch(schema["discriminator"], taken)
        if "discriminator" in schema and "anyOf" not in schema and "oneOf" not in schema:
            heirs = self._discriminators.heirs(schema)
            if heirs and not {*heirs} & {*entered}:
                heir = choices.pick(heirs)
                yield heir, self.target(heir)
            yield "", self._discriminators.of_heir(schema["discriminator"], schema, entered)
        if "if" in schema and ("then" in schema or "else" in schema):
            met = [schema["if"], schema.get("then", True)]
            for part in choices.pick([met, [schema.get("else", True)]]):
                yield "", part
        # More than asked where the member will be absent, and simpler than knowing now which will be there.
        for part in schema.get("dependentSchemas", {}).values():
            yield "", part

    def _compile(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        try:
            return jsonschema_rs.Draft202012Validator(self._bundle(schema), validate_formats=True)
        except ValueError as error:
            raise Unsatisfiable("", f"not a schema of Draft 2020-12 ({str(error).splitlines()[0]})") from error

    def _bundle(self, schema: Schema) -> dict[str, Any] | bool:
        """The schema as a root of its own, with what its references reach at the same pointers below it.

        Only what is reached: compiling a whole contract beside every schema takes forty times as long.
        """
        if isinstance(schema, bool):
            return schema
        reached: dict[str, Any] = {}
        pending: list[Any] = [schema]
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                ref = node.get("$ref")
                if isinstance(ref, str) and ref not in reached:
                    # A dead one may be data (an example with a member of that name); if not, compiling reports it.
                    with suppress(Unsatisfiable):
                        reached[ref] = self.target(ref)
                        pending.append(reached[ref])
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)
        root = dict(schema)
        for ref in sorted(reached):
            if any(ref.startswith(outer + "/") for outer in reached):
                continue  # is there already, as part of the outer one
            *way, last = _tokens(ref)
            spot = root
            for token in way:
                spot = spot.setdefault(token, {})
            spot[last] = reached[ref]
        return root


def _tokens(ref: str) -> list[str]:
    if not ref.startswith("#/"):
        raise Unsatisfiable(ref, "only references inside the document are followed")
    return [unquote(token).replace("~1", "/").replace("~0", "~") for token in ref[2:].split("/")]


def _optional(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    return [schema[keyword]] if keyword in schema else []


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("const", "") is None)
