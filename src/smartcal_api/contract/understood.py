"""Any OpenAPI document as the toolkit reads it: of version 3.1, and with everything that it may leave out.

What is filled in or rewritten keeps the place that it was written at, so that findings lead there.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from smartcal_api.contract.anchors import placed
from smartcal_api.contract.check_members import TOP
from smartcal_api.contract.defaults import defaults
from smartcal_api.contract.document import Document, escape
from smartcal_api.contract.filling import filled
from smartcal_api.contract.granting import granting, token_path
from smartcal_api.contract.inlining import Inlining
from smartcal_api.contract.methods import METHODS
from smartcal_api.contract.servers import bases
from smartcal_api.contract.upgrade import Upgrade

_OLDER = re.compile(r"3\.0\.[0-9]+\Z")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_FEW = 3
_ANY_ANSWER: Mapping[str, Any] = {"200": {"description": "The document says nothing of the answer."}}
_NO_ANSWER: Mapping[str, Any] = {"204": {"description": "The document says nothing of a success."}}


def understood(document: Document) -> Document:
    """The same document, read; one that has been is itself."""
    if document.reading is not None:
        return document
    reading = Reading(document)
    return document.read_as(reading.data, reading)


class Reading:
    """What became of a document: `data` is read in place of what was written.

    `defaulted` are the x- members that it leaves out, `older` is its version where that is 3.0, `named` counts the
    operations that it gives no operationId, and `ours` says whether it states any policy at all: whoever does so is
    told more strictly what has no effect.
    """

    def __init__(self, document: Document) -> None:
        inlined = Inlining(document, placed(document.data))
        stated = inlined.data
        version = stated.get("openapi")
        self.older = version if isinstance(version, str) and _OLDER.match(version) else None
        self.origins: Mapping[str, str] = inlined.origins
        """Pointer → where what stands there was written, if it stands somewhere else."""
        self.named = 0
        self.changed = 0
        """Schemas that are said in words of 3.0."""
        self.unreachable: list[str] = []
        """Paths that no request can have."""
        self.unsent: list[str] = []
        """Pointers of webhooks that nothing is sent for: they are no POST with a body."""
        policy = defaults(stated)
        self.defaulted = tuple(policy)
        self.ours = any(name.startswith("x-") and name in stated for name in TOP)
        self.data: dict[str, Any] = {**stated, **policy}
        if self.older is not None or not self.ours:
            upgrade = Upgrade(stated, older=self.older is not None)
            self.changed = upgrade.changed
            self.data = {**upgrade.data, **policy}
        self.data = filled(self.data)
        for name in ("paths", "webhooks", "components"):
            self.data.setdefault(name, {})
        if isinstance(self.data["components"], dict):
            self.data["components"] = {"schemas": {}, **self.data["components"]}
        self._reach_paths()
        self._name_operations()
        self.token_path: str | None = None
        """Of the endpoint that is served because a flow says where it is."""
        if not self.ours and isinstance(self.data["paths"], dict):
            self._take_deliveries()
            self.token_path = token_path(self.data)
            if self.token_path is not None:
                self.data["paths"] = granting(self.data["paths"], self.token_path)

    def _reach_paths(self) -> None:
        """Paths with a query or a fragment are none that a request could have."""
        paths = self.data["paths"]
        if not self.ours and isinstance(paths, dict):
            self.unreachable = [path for path in paths if path.startswith("/") and ("?" in path or "#" in path)]
            self.data["paths"] = {path: item for path, item in paths.items() if path not in self.unreachable}

    def origin(self, pointer: str) -> str:
        """Where what stands there was written."""
        for moved, source in self.origins.items():
            if f"{pointer}/".startswith(f"{moved}/"):
                return source + pointer.removeprefix(moved)
        return pointer

    def told(self) -> list[str]:
        """A line for each kind of thing that was made of the document and doesn't stand in it."""
        lines = []
        if self.older is not None:
            lines.append(f"read as OpenAPI 3.1, which {self.older} is upgraded to: {_many(self.changed, 'schema')}")
        elif self.changed:
            lines.append(f"words of OpenAPI 3.0, such as nullable, mean nothing: {_many(self.changed, 'schema')}")
        if self.defaulted:
            lines.append(
                f"policy {len(self.defaulted)} of {len(TOP)} x- members are defaults (smartcal routes --defaults)"
                if len(self.defaulted) > _FEW
                else f"policy defaults for {', '.join(self.defaulted)} (smartcal routes --defaults)"
            )
        if self.named:
            lines.append(f"names {_many(self.named, 'operation')} without an operationId, named by method and path")
        below = bases(self.data)
        if below:
            lines.append(f"servers every path is served below {' and '.join(below)}, too")
        if self.token_path is not None:
            lines.append(f"tokens POST {self.token_path} grants client_credentials, as a flow says")
        if self.unreachable:
            lines.append(f"paths with a query or a fragment, which can't be asked for: {', '.join(self.unreachable)}")
        if self.unsent:
            lines.append(f"webhooks that are no POST with a body, and never sent: {', '.join(self.unsent)}")
        return lines

    def _take_deliveries(self) -> None:
        webhooks = self.data["webhooks"]
        if not isinstance(webhooks, dict):
            return
        sent: dict[str, Any] = {}
        for name, item in webhooks.items():
            post = item.get("post") if isinstance(item, dict) else None
            if isinstance(post, dict) and "requestBody" in post:
                sent[name] = {**item, "post": {"operationId": name, "responses": _ANY_ANSWER, **post, "security": []}}
            elif not name.startswith("x-"):
                self.unsent.append(f"/webhooks/{escape(name)}")
        self.data["webhooks"] = sent

    def _name_operations(self) -> None:
        paths = self.data["paths"]
        operations = list(_operations(paths))
        taken = {each.get("operationId") for *_, each in operations if isinstance(each.get("operationId"), str)}
        whole: dict[str, dict[str, Any]] = {}
        for path, method, stated in operations:
            added: dict[str, Any] = {}
            if "operationId" not in stated:
                added["operationId"] = _name(f"{method} {path}", taken)
                self.named += 1
            if not self.ours and not any(_is_success(key) for key in _members(stated.get("responses"))):
                success = _NO_ANSWER if method == "delete" else _ANY_ANSWER
                added["responses"] = {**_members(stated.get("responses")), **success}
            if added:
                whole.setdefault(path, dict(paths[path]))[method] = {**stated, **added}
        if whole:
            self.data["paths"] = {**paths, **whole}


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _operations(paths: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS if isinstance(item, dict) else ():
            if isinstance(item.get(method), dict):
                yield path, method, item[method]


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_success(key: str) -> bool:
    """Whether a key of responses may stand for what is answered when all went well."""
    return key == "default" or key[:1] in "23"


def _name(words: str, taken: set[Any]) -> str:
    """An operationId such as `get_pets_petId`, which nothing else has."""
    name = wanted = _NO_NAME.sub("_", words).strip("_")
    for number in count(2):
        if name not in taken:
            break
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
