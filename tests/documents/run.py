"""`make documents`: whether documents that others have written are served, and answered for by openapi-core.

Each is served with `--draft`. For each of its operations Schemathesis makes a request that is valid, and openapi-core
judges the answer by the document as it was written.
"""

import argparse
import copy
import json
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_path import SchemaPath
from openapi_core import V30ResponseUnmarshaller, V31ResponseUnmarshaller
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from smartcal_api.errors import SmartCalError
from tests.documents.packages import LARGE, OLDER, PACKAGES, fetch
from tests.e2e.server import serving

_SHOWN = 3


class Row(NamedTuple):
    name: str
    seconds: float
    outcomes: Counter[str]
    told: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where the packages are, or are put; default: a temporary one")
    parser.add_argument("--older", action="store_true", help="those of OpenAPI 3.0 too")
    parser.add_argument("--only", default="", help="those whose names hold this")
    given_ = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given_.folder or Path(scratch)
        found = [*fetch(PACKAGES, folder), *(fetch(OLDER, folder) if given_.older else ()), *fetch(LARGE, folder)]
        rows = [_row(name, path, Path(scratch)) for name, path in found if given_.only in name]
    _print(rows)
    return int(any({"invalid", "failed", "not served"} & row.outcomes.keys() for row in rows))


def _row(name: str, path: Path, scratch: Path) -> Row:
    began = time.perf_counter()
    try:
        with serving(scratch, "--spec", str(path), "--draft") as server:
            seconds = time.perf_counter() - began
            outcomes = list(_outcomes(path, server))
    except (AssertionError, SmartCalError) as error:
        return Row(name, time.perf_counter() - began, Counter({"not served": 1}), str(error).splitlines()[-_SHOWN:])
    return Row(name, seconds, Counter(kind for kind, _ in outcomes), [text for _, text in outcomes if text])


def _outcomes(path: Path, server: Any) -> Iterator[tuple[str, str]]:
    # A date is a text in OpenAPI, and a status is one, too.
    document = json.loads(json.dumps(yaml.load(path.read_text(), Loader=yaml.CSafeLoader), default=str))
    document["servers"] = [{"url": server.ready["root_url"]}]
    for item in document.get("paths", {}).values():
        for holder in (item, *item.values()):
            if isinstance(holder, dict):
                holder.pop("servers", None)
                if holder is not item and "responses" not in holder:  # openapi-core wants some
                    holder["responses"] = {"default": {"description": "anything"}}
    # Schemathesis makes requests, which have members that no answer has; openapi-core judges answers.
    asked = copy.deepcopy(document)
    _without_misplaced(asked)
    _without_write_only(document)
    older = str(document["openapi"]).startswith("3.0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        judge = (V30ResponseUnmarshaller if older else V31ResponseUnmarshaller)(SchemaPath.from_dict(document))
        schema = schemathesis.openapi.from_dict(asked)
        for result in schema.get_all_operations():
            yield _asked(result, judge, server)


def _without_write_only(node: Any) -> None:
    """No answer has such members, which openapi-core asks for in documents of 3.1 all the same."""
    if isinstance(node, list):
        for each in node:
            _without_write_only(each)
    elif isinstance(node, dict):
        properties, required = node.get("properties"), node.get("required")
        if isinstance(properties, dict) and isinstance(required, list):
            hidden = [name for name, each in properties.items() if isinstance(each, dict) and each.get("writeOnly")]
            node["required"] = [name for name in required if name not in hidden]
        for each in node.values():
            _without_write_only(each)


def _without_misplaced(node: Any, *, of_schema: bool = False) -> None:
    """`examples` of a schema that are an object, which Schemathesis refuses the whole operation for."""
    if isinstance(node, list):
        for each in node:
            _without_misplaced(each)
    elif isinstance(node, dict):
        if of_schema and isinstance(node.get("examples"), dict):
            del node["examples"]
        for name, each in node.items():
            if name == "properties" and isinstance(each, dict):
                for member in each.values():
                    _without_misplaced(member, of_schema=True)
            else:
                _without_misplaced(each)


def _asked(result: Any, judge: Any, server: Any) -> tuple[str, str]:
    try:
        operation = result.ok()
    except Exception as error:
        return "no request", f"{error}"[:200]
    name = f"{operation.method.upper()} {operation.path}"
    cases: list[Any] = []

    @settings(
        max_examples=1,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def draw(case: Any) -> None:
        cases.append(case)

    try:
        draw()
        session = requests.Session()
        prepared = session.prepare_request(requests.Request(**_request(cases[-1], operation, server)))
    except Exception as error:
        return "no request", f"{name}: {type(error).__name__} {error}"[:200]
    answer = session.send(prepared, timeout=10, allow_redirects=False)
    if answer.status_code == 501 and "problem:not_implemented" in answer.text:
        return "501", f"{name}: {answer.json().get('detail', '')}"[:300]
    if answer.status_code >= 500 and "problem:" in answer.text:
        return "failed", f"{name}: {answer.status_code} {answer.text[:300]}"
    try:
        found = judge.unmarshal(RequestsOpenAPIRequest(prepared), RequestsOpenAPIResponse(answer))
    except Exception as error:
        return "invalid", f"{name}: {answer.status_code}: {type(error).__name__} {error}"[:300]
    asked = f"{prepared.method} {prepared.url} {str(prepared.body)[:150]}"
    said = f"{name}: {asked} {answer.status_code} {answer.text[:150]}"
    if found.errors:
        causes = [repr(each.__cause__ or each) for each in found.errors]
        if "ResponseNotFound" in causes[0]:
            stated = operation.definition.raw["responses"]
            if answer.status_code >= 400:
                return "undeclared refusal", said
            if not any(str(status)[0] in "2d" for status in stated):
                return "no success stated", ""
        return "invalid", f"{said}: {'; '.join(causes)}"[:900]
    return ("answered", "") if answer.status_code < 400 else ("refused", said)


def _request(case: Any, operation: Any, server: Any) -> dict[str, Any]:
    """As Schemathesis would send it, with a key wherever the document wants one."""
    wanted = case.as_transport_kwargs(base_url=server.ready["root_url"])
    key = next(iter(server.ready["keys"].values()), "")
    for scheme in (operation.schema.raw_schema.get("components", {}).get("securitySchemes") or {}).values():
        required = operation.definition.raw.get("security", operation.schema.raw_schema.get("security", []))
        names = {name for each in required for name in each}
        if not any(operation.schema.raw_schema["components"]["securitySchemes"].get(name) == scheme for name in names):
            continue
        place = scheme.get("in") if scheme["type"] == "apiKey" else "bearer"
        if place == "header":
            wanted["headers"][scheme["name"]] = key
        elif place == "query":
            wanted.setdefault("params", {})[scheme["name"]] = key
        elif place == "cookie":
            wanted.setdefault("cookies", {})[scheme["name"]] = key
        elif scheme.get("scheme", "").lower() == "basic":
            wanted["auth"] = ("", key)
        else:
            wanted["headers"]["Authorization"] = f"Bearer {key}"
    wanted.pop("timeout", None)
    return wanted


def _print(rows: list[Row]) -> None:
    kinds = (
        "answered",
        "refused",
        "undeclared refusal",
        "no success stated",
        "501",
        "no request",
        "invalid",
        "failed",
        "not served",
    )
    width = max(len(row.name) for row in rows)
    print(f"{'document':<{width}}  seconds  " + "  ".join(kinds))
    for row in rows:
        cells = "  ".join(f"{row.outcomes.get(kind, '') or '-':>{len(kind)}}" for kind in kinds)
        print(f"{row.name:<{width}}  {row.seconds:7.1f}  {cells}")
    for row in rows:
        for text in row.told:
            print(f"{row.name}: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
