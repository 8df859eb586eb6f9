"""Mutations of whole documents whose truth is known by how they are made: nothing missed, nothing cries wolf."""

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from time import process_time
from typing import Any

import pytest

from smartcal_api.changes.comparison import compare
from smartcal_api.changes.delta import Level
from tests.changes.full import full
from tests.changes.small import SMALL, TODAY, side
from tests.edits import document as shipped

SOME = 6
Site = tuple[str, ...]
# A schema whose values something else bounds may be the same set of values with another bound.
_BOUND_ELSEWHERE = frozenset({"pattern", "format", "enum", "const", "not", "allOf", "anyOf", "oneOf", "$ref", "if"})
_APART = frozenset({"parameters", "headers", "allOf", "anyOf", "oneOf", "not", "if", "additionalProperties"})
_SIZES = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"), "integer": ("minimum", "maximum")}


class Mutations:
    """Of one document: `sites` are its schemas with the directions in which their values go for certain."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.sites: dict[Site, set[str]] = {}
        self._walk()
        self._loose = _loose(self.data)

    def some(self, seed: int, count: int) -> Iterator[tuple[str, Site, bool, dict[str, Any]]]:
        """(what is done, where, whether there are more values than before, the document)."""
        pick = Random(seed)
        known = [site for site in self.sites if isinstance(_at(self.data, site), dict)]
        made = 0
        while made < count:
            site = pick.choice(known)
            found = list(_mutations(_at(self.data, site)))
            if found:
                name, wider, changed = pick.choice(found)
                data = copy.deepcopy(self.data)
                held = _at(data, site)
                held.clear()
                held.update(changed)
                made += 1
                yield name, site, wider, data

    def breaks(self, site: Site, *, wider: bool) -> bool:
        return ("sent" if wider else "received") in self.sites[site]

    def may_break(self, site: Site, *, wider: bool) -> bool:
        """A component that is referred to from where the walk doesn't go may be used in either direction."""
        return self.breaks(site, wider=wider) or "/".join(site[:3]) in self._loose

    def _walk(self) -> None:
        for path in self.data.get("paths", {}).values():
            for method, operation in path.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    self._message(operation.get("requestBody"), "received", (*self._found(path), method, "requestBody"))
                    for status, answer in operation.get("responses", {}).items():
                        place = (*self._found(path), method, "responses", status)
                        self._message(answer, "sent", place)
        for name, item in self.data.get("webhooks", {}).items():
            post = item.get("post", {})
            self._message(post.get("requestBody"), "sent", ("webhooks", name, "post", "requestBody"))

    def _found(self, item: Any) -> Site:
        return ("paths", next(path for path, each in self.data["paths"].items() if each is item))

    def _message(self, message: Any, way: str, at: Site) -> None:
        if isinstance(message, dict) and "$ref" in message:
            at = tuple(message["$ref"].split("/")[1:])
            message = _at(self.data, at)
        for name, media in (message or {}).get("content", {}).items():
            if "schema" in media:
                self._schema(media["schema"], way, (*at, "content", name, "schema"))

    def _schema(self, schema: Any, way: str, at: Site) -> None:
        """Through members and items alone: elsewhere another part of the schema decides, too."""
        if not isinstance(schema, dict):
            return
        if set(schema) == {"$ref"}:
            at = tuple(schema["$ref"].split("/")[1:])
            schema = _at(self.data, at)
        if way in self.sites.get(at, set()):
            return
        self.sites.setdefault(at, set()).add(way)
        if schema.keys() & {"allOf", "anyOf", "oneOf", "not", "if", "patternProperties", "$ref"}:
            return
        for name, each in schema.get("properties", {}).items():
            if isinstance(each, dict) and not each.get("readOnly") and not each.get("writeOnly"):
                self._schema(each, way, (*at, "properties", name))
        if "items" in schema:
            self._schema(schema["items"], way, (*at, "items"))


def _loose(data: dict[str, Any]) -> set[str]:
    """Components that something refers to from below parameters, headers and branches, and what those refer to."""

    def named(value: Any, apart: bool) -> Iterator[str]:
        if isinstance(value, dict):
            if apart and isinstance(value.get("$ref"), str):
                yield value["$ref"].removeprefix("#/")
            for key, each in value.items():
                yield from named(each, apart or key in _APART)
        for each in value if isinstance(value, list) else ():
            yield from named(each, apart)

    found = fresh = set(named(data, False))
    while fresh:
        fresh = {
            more
            for each in fresh
            if each.startswith("components/")
            for more in named(_at(data, tuple(each.split("/"))), True)
        } - found
        found = found | fresh
    return found


def _mutations(schema: Mapping[str, Any]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    stated = dict(schema)
    kind = stated.get("type")
    free = not stated.keys() & _BOUND_ELSEWHERE
    if isinstance(kind, str) and free:
        yield "may be null", True, {**stated, "type": [kind, "null"]}
        yield from _sizes(stated, _SIZES.get(kind, ()))
    if isinstance(kind, list) and free and len(kind) > 1:
        yield "one type fewer", False, {**stated, "type": [each for each in kind if each != kind[-1]]}
    values = stated.get("enum")
    if isinstance(values, list) and len(values) > 1 and not stated.keys() & (_BOUND_ELSEWHERE - {"enum"}):
        yield "one value fewer", False, {**stated, "enum": values[:-1]}
    if kind == "object" and free:
        yield from _members(stated)


def _sizes(stated: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    if not names:
        return
    least, most = names
    low, high = stated.get(least), stated.get(most)
    if low is not None:
        yield f"no {least}", True, {k: v for k, v in stated.items() if k != least} if low > 0 else {**stated, least: -1}
    if high is not None:
        yield f"higher {most}", True, {**stated, most: high + 1}
        yield f"no {most}", True, {k: v for k, v in stated.items() if k != most}
    if high is not None and high > max(low or 0, 1):
        yield f"lower {most}", False, {**stated, most: high - 1}
    if high is None:
        yield f"a {most}", False, {**stated, most: max(low or 0, 3)}


def _members(stated: dict[str, Any]) -> Iterator[tuple[str, bool, dict[str, Any]]]:
    required, properties = stated.get("required", []), stated.get("properties", {})
    optional = [name for name in properties if name not in required and properties[name] is not False]
    if optional and "default" not in properties[optional[0]]:
        yield "one more is required", False, {**stated, "required": [*required, optional[0]]}
    if required:
        yield "one fewer is required", True, {**stated, "required": required[1:]}


def _at(data: Any, site: Site) -> Any:
    for step in site:
        data = data[step.replace("~1", "/").replace("~0", "~")]
    return data


@cache
def documents() -> dict[str, Mutations]:
    return {"ours": Mutations(shipped()), "small": Mutations(copy.deepcopy(SMALL)), "whole": Mutations(full())}


def test_what_a_mutation_breaks_is_told_and_what_breaks_nothing_is_not(request: pytest.FixtureRequest) -> None:
    """A sample by seed; as many as `--mutations` says of all documents together."""
    wanted = request.config.getoption("--mutations") or 3 * SOME
    missed, false, unproven, made = [], [], 0, 0
    for name, mutations in documents().items():
        old = side(mutations.data, "old")
        for done, site, wider, data in mutations.some(11, -(-wanted // 3)):
            found = compare(old, side(data, "new"), today=TODAY)
            breaking = bool(found.of(Level.BREAKING))
            made += 1
            unproven += bool(found.unproven)
            told = (name, done, "/".join(site), [(change.rule, change.text) for change in found.changes])
            if mutations.breaks(site, wider=wider) and not breaking:
                missed.append(told)
            if breaking and not mutations.may_break(site, wider=wider):
                false.append(told)
    print(f"{made} mutations: {len(missed)} missed, {len(false)} false, {unproven} not proven")
    assert missed == []
    assert false == []
    assert unproven * 50 <= made


def test_fifty_changes_of_the_contract_at_once_are_told_in_little_time() -> None:
    """Of processor time, beside comparing the contract with itself."""
    mutations = documents()["ours"]
    old, new = side(mutations.data, "old"), copy.deepcopy(mutations.data)
    for _, site, _, data in mutations.some(3, 50):
        held = _at(new, site)
        held.update(_at(data, site))
    began = process_time()
    found = compare(old, side(new, "new"), today=TODAY)
    print(f"{len(found.changes)} changes in {process_time() - began:.2f} s")
    assert len(found.changes) > 20
