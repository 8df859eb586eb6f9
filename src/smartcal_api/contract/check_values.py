"""Examples, defaults and the like are valid against their schemas (law SRC 6), and every schema compiles (law SRC 4).

All schemas are compiled as one and all values judged in one pass, for this runs at every start.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

from smartcal_api.contract import check_listings
from smartcal_api.contract.check_filters import Sample
from smartcal_api.contract.check_kinds import shown
from smartcal_api.contract.check_reach import WHOLE, Reach
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.direction import either, sent, taken
from smartcal_api.contract.document import escape, pointer_of, unescape
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.schemas import Schemas
from smartcal_api.errors import Finding

_WAYS = {"either": either, "taken": taken, "sent": sent}
_HOLDERS = ("media type", "request media type", "parameter", "header")


def values(survey: Survey, reach: Reach) -> Iterator[Finding]:
    for holder, stated in _holders(survey):
        if "example" in stated and "examples" in stated:
            yield Finding(f"{holder}/example", "stands beside examples, which excludes it; move it in there")
    for at, stated in survey.sound("example"):
        if survey.ours and not {"value", "dataValue"} & stated.keys():
            yield Finding(at, "is missing value, which an example needs")
    seen: dict[int, list[str]] = {}
    # Elsewhere nothing is judged here: what can't be compiled is found either way.
    ways = _WAYS if survey.ours else {"either": either}
    documents = {way: turned(survey.document) for way, turned in ways.items()}
    for way, document in documents.items():
        seen.setdefault(id(document), []).append(way)
    for same in seen.values():  # one pass, unless something goes one way only
        yield from _fitting(survey, reach, Schemas(documents[same[0]]), same)


def _fitting(survey: Survey, reach: Reach, schemas: Schemas, ways: list[str]) -> Iterator[Finding]:
    while True:
        samples = _by_schema(survey, ways)
        # A list of lists: the samples of the first schema, of the second, … An error's path begins with both indexes.
        whole = {"prefixItems": [{"items": schemas.reference(at)} for at in samples]}
        try:
            validator = schemas.compile(whole)
        except (ValidationError, ReferencingError, ValueError) as error:
            at, message = _refusal(error)
            yield Finding(at, message)
            aside = reach.users([at])
            if WHOLE in aside:
                return
            survey.set_aside(aside)  # and judge the rest
        else:
            # Elsewhere whoever makes an answer looks at the examples itself, and takes those that fit.
            if survey.ours:
                yield from _judge(validator, samples)
            return


def _judge(validator: Draft202012Validator, samples: dict[str, list[Sample]]) -> Iterator[Finding]:
    in_order = list(samples.items())
    faults: dict[tuple[str, str], list[str]] = {}
    for error in validator.iter_errors([[sample.value for sample in each] for each in samples.values()]):
        first, second, *path = error.instance_path
        schema, each = in_order[int(first)]
        inside = "".join(f"/{escape(str(token))}" for token in path)
        message = error.message if len(error.message) <= 200 else error.message[:200] + "…"
        faults.setdefault((f"{each[int(second)].at}{inside}", schema), []).append(message)
    for (at, schema), messages in faults.items():
        yield Finding(at, f"doesn't fit the schema {schema}: {'; '.join(messages)}. Correct one of the two")


def _refusal(error: Any) -> tuple[str, str]:
    path = [str(token) for token in getattr(error, "instance_path", ())]
    if path[-1:] == ["pattern"]:
        message = f"{shown(error.instance)} is not a regular expression that the validator can compile; correct it"
    else:
        message = f"is a schema that the validator can't compile: {getattr(error, 'message', error)}; correct it"
    return "".join(f"/{escape(token)}" for token in path), message


def _by_schema(survey: Survey, ways: list[str]) -> dict[str, list[Sample]]:
    """The samples of every schema that is used for itself, also where there are none: it must compile all the same."""
    found: dict[str, list[Sample]] = {
        at: [] for at, _ in survey.sound("schema") if at.startswith("/components/schemas/") and at.count("/") == 3
    }
    for sample in _samples(survey) if survey.ours else ():
        if sample.way in ways:
            found.setdefault(sample.schema, []).append(sample)
    for holder, stated in _holders(survey):
        found.setdefault(_schema(holder, stated), [])
    return found


def _samples(survey: Survey) -> Iterator[Sample]:
    """What has to be valid; an example of XML and the like may be written out as the text that it is."""
    for holder, stated in _holders(survey):
        schema, way = _schema(holder, stated), _way(survey, holder)
        written_out = survey.nodes[holder][0] == "media type" and not is_json(unescape(holder.rpartition("/")[2]))
        if "example" in stated and not (written_out and isinstance(stated["example"], str)):
            yield Sample(schema, f"{holder}/example", stated["example"], way)
        for name, each in stated.get("examples", {}).items():
            example, at = survey.follow(each, f"{holder}/examples/{escape(name)}")
            if "value" in example and not (written_out and isinstance(example["value"], str)):
                yield Sample(schema, f"{at}/value", example["value"], way)
    for at, stated in survey.sound("schema"):
        if isinstance(stated, dict):
            for key in ("default", "example"):
                if key in stated:
                    yield Sample(at, f"{at}/{key}", stated[key])
            for index, value in enumerate(stated.get("examples", [])):
                yield Sample(at, f"{at}/examples/{index}", value)
    yield from check_listings.samples(survey)


def _holders(survey: Survey) -> Iterator[tuple[str, Any]]:
    for kind in _HOLDERS:
        for at, stated in survey.sound(kind):
            if "schema" in stated:
                yield at, stated


def _way(survey: Survey, holder: str) -> str:
    """Which way the bodies go that a holder shows; a delivery is sent."""
    kind = survey.nodes[holder][0]
    if kind == "request media type" and not holder.startswith("/webhooks/"):
        return "taken"
    return "sent" if kind in ("media type", "request media type") else "either"


def _schema(holder: str, stated: Any) -> str:
    """Most holders only refer to a component: naming it itself compiles it once."""
    schema = stated["schema"]
    alone = isinstance(schema, dict) and schema.keys() == {"$ref"}
    return pointer_of(schema["$ref"]) if alone else f"{holder}/schema"
