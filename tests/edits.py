"""Edits of the real contract: `edited(put("/x-rate-limits/0/limit", 7))` is a contract, `write(…)` a saved one."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from smartcal_api.contract import Contract, Document, shipped
from smartcal_api.contract.document import unescape

Edit = Callable[[Any], None]
SCHEMAS = "/components/schemas"
EVENTS, BOOKINGS = "/paths/~1api~1v1~1events/get", "/paths/~1api~1v1~1bookings/get"
ACCOUNT, WEBHOOKS = "/paths/~1api~1v1~1me/get", "/paths/~1api~1v1~1webhooks"


def put(pointer: str, value: Any) -> Edit:
    """Sets a member, made if it lacks, or an item; the index `-` appends one."""

    def edit(data: Any) -> None:
        holder, key = _place(data, pointer)
        if key == "-":
            holder.append(value)
        else:
            holder[key] = value

    return edit


def drop(pointer: str) -> Edit:
    def edit(data: Any) -> None:
        holder, key = _place(data, pointer)
        del holder[key]

    return edit


def rename(pointer: str, name: str) -> Edit:
    """Another name for a member, in its place."""

    def edit(data: Any) -> None:
        holder, key = _place(data, pointer)
        members = [(name if each == key else each, value) for each, value in holder.items()]
        holder.clear()
        holder.update(members)

    return edit


def replace(text: str, by: str) -> Edit:
    """Every occurrence of a text, in names and values, anywhere in the document."""

    def edit(data: Any) -> None:
        changed = json.loads(json.dumps(data).replace(json.dumps(text)[1:-1], json.dumps(by)[1:-1]))
        data.clear()
        data.update(changed)

    return edit


def document(*edits: Edit) -> dict[str, Any]:
    """The data of the shipped contract, edited."""
    data: dict[str, Any] = json.loads(_shipped())
    for edit in edits:
        edit(data)
    return data


def edited(*edits: Edit, draft: bool = False) -> Contract:
    return Contract(Document(Path("edited.yaml"), source(*edits)), draft=draft)


def source(*edits: Edit) -> bytes:
    """A text that is JSON and so YAML, with a line for each member."""
    return orjson.dumps(document(*edits), option=orjson.OPT_INDENT_2)


def write(path: Path, *edits: Edit) -> Path:
    path.write_bytes(source(*edits))
    return path


@cache
def _shipped() -> str:
    return json.dumps(Document.read(shipped()).data)


def _place(data: Any, pointer: str) -> tuple[Any, Any]:
    *parents, last = [unescape(token) for token in pointer.split("/")[1:]]
    for token in parents:
        data = data[int(token)] if isinstance(data, list) else data[token]
    return data, int(last) if isinstance(data, list) and last != "-" else last
