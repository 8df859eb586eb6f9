"""Examples and defaults: they fit the schemas that they stand for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.document import escape, unescape
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.texts import typed
from smartcal_api.lint.engine import FAILURES, Engine
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.members import types_of

_HOLDERS = ("media type", "parameter", "header")
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Sample:
    schema: str
    at: str
    value: Any
    rule: str
    text: bool = False
    """Whether it may be written as it goes over the wire."""


def values(index: Index, engine: Engine) -> Iterator[Found]:
    """Each example and each default, told with the innermost place that doesn't fit."""
    for kind in _HOLDERS:
        for at, holder in index.all(kind):
            if "example" in holder and "examples" in holder:
                said = "stands beside examples, which excludes it; move it in there"
                yield Found("example/both", f"{at}/example", said)
    lenient = _one_way(index)
    for sample in _samples(index):
        yield from _judged(sample, index, engine, lenient)
    for at, example in index.all("example"):
        both = [name for name in ("value", "externalValue") if name in example]
        if len(both) == 2:
            yield Found("example/both", f"{at}/externalValue", "stands beside value, which excludes it; leave one out")


def _judged(sample: _Sample, index: Index, engine: Engine, lenient: set[str]) -> Iterator[Found]:
    validator = engine.validator(sample.schema)
    if validator is None:
        return
    value = sample.value
    if sample.text and isinstance(value, str):
        schema, _ = index.follow({"$ref": f"#{sample.schema}"})
        types = types_of(schema) if isinstance(schema, dict) else ()
        if not types or {"array", "object"} & {*types}:
            return
        value = typed(value, types)
    try:
        errors = list(validator.iter_errors(value))
    except FAILURES:
        return
    for error in errors:
        if error.schema_path and error.schema_path[-1] == "required" and _named(error.message) in lenient:
            continue
        inside = "".join(f"/{escape(str(token))}" for token in error.instance_path)
        message = error.message if len(error.message) <= _MOST else error.message[:_MOST] + "…"
        said = f"doesn't fit its schema: {message}; correct one of the two"
        yield Found(sample.rule, f"{sample.at}{inside}", said)
        return


def _samples(index: Index) -> Iterator[_Sample]:
    for kind in _HOLDERS:
        for at, holder in index.all(kind):
            if "schema" in holder:
                yield from _held(index, kind, at, holder)
    for at, schema in index.all("schema"):
        if isinstance(schema, dict):
            # 3.0: whatever stands beside a $ref is no part of the schema.
            if index.version == "3.0" and "$ref" in schema:
                continue
            if "default" in schema:
                yield _Sample(at, f"{at}/default", schema["default"], "schema/default")
            if "example" in schema:
                yield _Sample(at, f"{at}/example", schema["example"], "example/invalid")
            several = schema.get("examples")
            for number, value in enumerate(several if isinstance(several, list) else ()):
                yield _Sample(at, f"{at}/examples/{number}", value, "example/invalid")


def _held(index: Index, kind: str, at: str, holder: dict[str, Any]) -> Iterator[_Sample]:
    media_type = unescape(at.rpartition("/")[2]) if kind == "media type" else ""
    data = kind != "media type" or is_json(media_type)
    wire = kind != "media type"
    stated = [(f"{at}/example", holder["example"])] if "example" in holder else []
    several = holder.get("examples")
    for name, each in several.items() if isinstance(several, dict) else ():
        example, where = index.follow(each, f"{at}/examples/{escape(name)}")
        if isinstance(example, dict) and "value" in example:
            stated.append((f"{where}/value", example["value"]))
    for where, value in stated:
        if data or isinstance(value, dict | list):
            yield _Sample(f"{at}/schema", where, value, "example/invalid", text=wire)


def _one_way(index: Index) -> set[str]:
    """Names of properties that go one way only, so that an example for the other way is whole without them."""
    found = set()
    for at, schema in index.all("schema"):
        parent, _, name = at.rpartition("/")
        if parent.endswith("/properties") and isinstance(schema, dict):
            followed, _ = index.follow(schema)
            for each in (schema, followed):
                if isinstance(each, dict) and (each.get("readOnly") is True or each.get("writeOnly") is True):
                    found.add(unescape(name))
    return found


def _named(message: str) -> str:
    return message.split('"')[1] if message.count('"') >= 2 else ""
