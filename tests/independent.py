"""Judges responses by the contract with another validator and other code than the server's own."""

import json
import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.wire import Reply

_BASE = "urn:contract-under-test"


class Independent:
    """A contract's plain data, followed by hand: python-jsonschema here, jsonschema-rs in the server."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        resource = Resource.from_contents(data, default_specification=DRAFT202012)
        self._registry: Any = Registry().with_resource(_BASE, resource)
        self._compiled: dict[str, Draft202012Validator] = {}

    def faults(self, pointer: str, value: Any) -> list[str]:
        """What is wrong with a value by the schema at `pointer`."""
        if pointer not in self._compiled:
            schema = {"$ref": f"{_BASE}#{pointer.replace('{', '%7B').replace('}', '%7D')}"}
            self._compiled[pointer] = Draft202012Validator(
                schema, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER
            )
        return [
            f"{pointer}: {error.json_path}: {error.message}" for error in self._compiled[pointer].iter_errors(value)
        ]

    def response_faults(self, method: str, path: str, reply: Reply) -> list[str]:
        """What is wrong with the response to a request, whatever the request was."""
        stated, at = self._response(method, path.partition("?")[0], reply.status)
        if stated is None:
            return [f"{method} {path}: {reply.status} is neither the operation's nor unrouted"]
        return [f"{method} {path} {reply.status}: {fault}" for fault in self._all(stated, at, method, reply)]

    def follow(self, value: Any, at: str) -> tuple[Any, str]:
        while isinstance(value, Mapping) and "$ref" in value:
            at = value["$ref"][1:]
            value = self._data
            for token in at.split("/")[1:]:
                value = value[token.replace("~1", "/").replace("~0", "~")]
        return value, at

    def _response(self, method: str, path: str, status: int) -> tuple[Any, str]:
        verb = "get" if method == "HEAD" else method.lower()
        concrete_first = sorted(self._data["paths"].items(), key=lambda pair: pair[0].count("{"))
        for template, item in concrete_first:
            pattern = "/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in template.split("/"))
            if re.fullmatch(pattern, path) and verb in item:
                found = item[verb]["responses"].get(str(status))
                if found is not None:
                    escaped = template.replace("/", "~1")
                    return self.follow(found, f"/paths/{escaped}/{verb}/responses/{status}")
                break
        found = self._data["x-unrouted-responses"].get(str(status))
        return self.follow(found, f"/x-unrouted-responses/{status}") if found else (None, "")

    def _all(self, stated: Any, at: str, method: str, reply: Reply) -> list[str]:
        found = []
        for name, reference in stated.get("headers", {}).items():
            header, where = self.follow(reference, f"{at}/headers/{name}")
            text = reply.headers.get(name.lower())
            if text is None:
                found += [f"lacks {name}"] if header.get("required") else []
                continue
            kind = self.follow(header["schema"], "")[0].get("type")
            value: Any = int(text) if kind == "integer" and re.fullmatch("-?[0-9]+", text) else text
            found += self.faults(f"{where}/schema", value)
        if method == "HEAD":
            return found  # in process the body is still there; the HTTP server leaves it out
        content = stated.get("content", {})
        media_type = reply.headers.get("content-type")
        if not content:
            return found + (["a body where there is none"] if reply.body or media_type else [])
        if media_type not in content:
            return [*found, f"{media_type} is none of {list(content)}"]
        body = json.loads(reply.body) if media_type.endswith("json") else reply.body.decode()
        return found + self.faults(f"{at}/content/{media_type.replace('/', '~1')}/schema", body)
