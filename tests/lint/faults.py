"""Faults as people make them, each with the kind of object that it is put into."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from smartcal_api.contract.document import escape
from smartcal_api.lint.keywords import FORMATS, OF_3_1
from smartcal_api.lint.objects import OBJECTS


def slip(word: str, pick: Random) -> str:
    """Two letters swapped, or one left out."""
    places = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    if not places:
        return word + word[-1:]
    at = pick.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if pick.random() < 0.5 else word[:at] + word[at + 1 :]


def _renamed(of: str) -> Any:
    """A member of an object under a name with a slip."""

    def put(value: Any, pick: Random, _: str) -> str | None:
        known = [name.partition("@")[0].rstrip("!") for name in OBJECTS[of]]
        names = [name for name in value if name in known and len(name) > 4 and "$ref" not in value]
        if not names:
            return None
        name = pick.choice(names)
        wrong = slip(name, pick)
        inner = {wrong if key == name else key: each for key, each in value.items()}
        value.clear()
        value.update(inner)
        return f"/{escape(wrong)}"

    return put


def _keyword(value: Any, pick: Random, _: str) -> str | None:
    names = [name for name in value if name in OF_3_1 and len(name) > 5 and "$ref" not in value]
    if not names:
        return None
    name = pick.choice(names)
    wrong = slip(name, pick)
    inner = {wrong if key == name else key: each for key, each in value.items()}
    value.clear()
    value.update(inner)
    return f"/{wrong}"


def _reference(value: Any, pick: Random, _: str) -> str | None:
    if not isinstance(value.get("$ref"), str):
        return None
    head, _, name = value["$ref"].rpartition("/")
    value["$ref"] = f"{head}/{slip(name, pick)}x"
    return "/$ref"


def _type(value: Any, pick: Random, _: str) -> str | None:
    if not isinstance(value.get("type"), str):
        return None
    value["type"] = slip(value["type"], pick)
    return "/type"


def _crossed(value: Any, _: Random, __: str) -> str | None:
    for low, high in (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")):
        if isinstance(value.get(high), int) and not isinstance(value[high], bool):
            value[low] = value[high] + 1
            return f"/{low}"
    return None


def _enumerated(value: Any, pick: Random, _: str) -> str | None:
    if value.get("type") != "string" or not isinstance(value.get("enum"), list):
        return None
    value["enum"].insert(0, 7)
    return "/enum/0"


def _repeated(value: Any, _: Random, __: str) -> str | None:
    if not isinstance(value.get("enum"), list) or not value["enum"]:
        return None
    value["enum"].append(value["enum"][0])
    return f"/enum/{len(value['enum']) - 1}"


def _example(value: Any, _: Random, __: str) -> str | None:
    if value.get("type") not in ("integer", "boolean", "object", "array") or "$ref" in value:
        return None
    value["example"] = "no such value"
    return "/example"


def _default(value: Any, _: Random, __: str) -> str | None:
    if value.get("type") not in ("integer", "boolean", "array") or "$ref" in value:
        return None
    value["default"] = "no such value"
    return "/default"


def _pattern(text: str) -> Any:
    def put(value: Any, _: Random, __: str) -> str | None:
        if value.get("type") != "string" or {"$ref", "enum", "const", "example", "default"} & value.keys():
            return None
        value["pattern"] = text
        return "/pattern"

    return put


def _required(value: Any, pick: Random, _: str) -> str | None:
    if not isinstance(value.get("required"), list) or "properties" not in value:
        return None
    long = [number for number, name in enumerate(value["required"]) if len(name) > 3]
    if not long:
        return None
    number = pick.choice(long)
    value["required"][number] = slip(value["required"][number], pick)
    return None if value["required"][number] in value["properties"] else f"/required/{number}"


def _contradicted(value: Any, _: Random, __: str) -> str | None:
    if (
        value.get("type") not in ("object", "string")
        or {"$ref", "allOf", "example", "examples", "default"} & value.keys()
    ):
        return None
    value["allOf"] = [{"type": "boolean"}]
    return ""


def _closed(value: Any, _: Random, __: str) -> str | None:
    if (
        value.get("type") != "object"
        or {"$ref", "allOf", "additionalProperties"} & value.keys()
        or "properties" not in value
    ):
        return None
    value["additionalProperties"] = False
    value["required"] = [*value.get("required", ()), "no_such_property"]
    return f"/required/{len(value['required']) - 1}"


def _useless(value: Any, _: Random, __: str) -> str | None:
    if value.get("type") not in ("integer", "boolean", "object") or "$ref" in value:
        return None
    value["minLength"] = 1
    return "/minLength"


def _format(value: Any, pick: Random, _: str) -> str | None:
    if value.get("format") not in FORMATS or len(value["format"]) < 5:
        return None
    value["format"] = slip(value["format"], pick)
    return "/format"


def _nullable(value: Any, _: Random, version: str) -> str | None:
    if version == "3.0" or "type" not in value:
        return None
    value["nullable"] = True
    return "/nullable"


def _discriminated(value: Any, pick: Random, _: str) -> str | None:
    value["propertyName"] = f"no_{value['propertyName']}"
    return "/propertyName"


def _mapped(value: Any, pick: Random, _: str) -> str | None:
    if not value.get("mapping"):
        return None
    name = pick.choice(list(value["mapping"]))
    value["mapping"][name] += "x"
    return f"/mapping/{escape(name)}"


def _same_id(value: Any, _: Random, __: str) -> str | None:
    """Of the paths: the last operation that has a name gets that of the first one."""
    named = [
        (f"/{escape(path)}/{method}", operation)
        for path, item in value.items()
        for method, operation in (item.items() if isinstance(item, dict) else ())
        if isinstance(operation, dict) and "operationId" in operation
    ]
    if len(named) < 2:
        return None
    named[-1][1]["operationId"] = named[0][1]["operationId"]
    return f"{named[-1][0]}/operationId"


def _status(value: Any, pick: Random, _: str) -> str | None:
    statuses = [each for each in value if each.isdigit()]
    if not statuses:
        return None
    status = pick.choice(statuses)
    wrong = status.replace("0", "O") if "0" in status else f"{status}0"
    value[wrong] = value.pop(status)
    return f"/{wrong}"


def _member(name: str, wrong: Any, *, where: Callable[[Any], bool] = lambda _: True) -> Any:
    def put(value: Any, _: Random, __: str) -> str | None:
        if "$ref" in value or not where(value):
            return None
        value[name] = wrong
        return f"/{escape(name)}"

    return put


def _without(name: str) -> Any:
    def put(value: Any, _: Random, __: str) -> str | None:
        return "" if value.pop(name, None) is not None else None

    return put


def _twice(value: Any, _: Random, __: str) -> str | None:
    if not value.get("parameters"):
        return None
    value["parameters"].append(copy.deepcopy(value["parameters"][0]))
    return f"/parameters/{len(value['parameters']) - 1}"


def _strange_scheme(value: Any, pick: Random, _: str) -> str | None:
    if not value:
        return None
    name = pick.choice(list(value))
    value[f"{name}x"] = value.pop(name)
    return f"/{escape(name)}x"


def _strange_scope(value: Any, pick: Random, _: str) -> str | None:
    for name, scopes in value.items():
        if scopes:
            scopes[0] += "x"
            return f"/{escape(name)}/0"
    return None


def _idle_scope(value: Any, _: Random, __: str) -> str | None:
    value["scopes"]["nobody:asks"] = "For nothing."
    return "/scopes/nobody:asks"


def _tag(value: Any, _: Random, __: str) -> str | None:
    """Of a document that lists its tags."""
    for path, item in value.get("paths", {}).items() if value.get("tags") else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if isinstance(operation, dict) and operation.get("tags"):
                operation["tags"][0] += "x"
                return f"/paths/{escape(path)}/{method}/tags/0"
    return None


def _media_type(value: Any, pick: Random, _: str) -> str | None:
    if not value.get("content"):
        return None
    name = next(iter(value["content"]))
    value["content"][name.replace("/", "")] = value["content"].pop(name)
    return f"/content/{escape(name.replace('/', ''))}"


def _path_name(value: Any, pick: Random, _: str) -> str | None:
    for path in list(value):
        if "{" in path and isinstance(value[path], dict):
            start = path.index("{") + 1
            wrong = f"{path[:start]}x{path[start:]}"
            methods = [each for each in value[path] if each in ("get", "post", "put", "patch", "delete")]
            value[wrong] = value.pop(path)
            return f"/{escape(wrong)}/{methods[0]}" if methods else None
    return None


def _path_slash(value: Any, pick: Random, _: str) -> str | None:
    path = pick.choice([each for each in value if each.startswith("/")])
    value[path[1:]] = value.pop(path)
    return f"/{escape(path[1:])}"


def _path_twice(value: Any, _: Random, __: str) -> str | None:
    for path in list(value):
        if path.endswith("}") and path.count("{") == 1:
            wrong = f"{path[:-1]}2}}"
            value[wrong] = {}
            return f"/{escape(wrong)}"
    return None


def _link_pointer(value: Any, pick: Random, _: str) -> str | None:
    for name, each in value.get("parameters", {}).items():
        if isinstance(each, str) and each.startswith("$response.body#/"):
            value["parameters"][name] = f"{each}x"
            return f"/parameters/{escape(name)}"
    return None


def _link_expression(value: Any, pick: Random, _: str) -> str | None:
    for name, each in value.get("parameters", {}).items():
        if isinstance(each, str) and each.startswith("$"):
            value["parameters"][name] = each.replace("$re", "$er")
            return f"/parameters/{escape(name)}"
    return None


def _link_parameter(value: Any, _: Random, __: str) -> str | None:
    if "$ref" in value:
        return None
    value.setdefault("parameters", {})["no_such_parameter"] = 1
    return "/parameters/no_such_parameter"


def _component(value: Any, _: Random, __: str) -> str | None:
    value.setdefault("schemas", {})["NobodyRefersToIt"] = {"type": "string"}
    return "/schemas/NobodyRefersToIt"


KINDS: dict[str, tuple[str, Any]] = {
    **{f"slip in {of}": (of, _renamed(of)) for of in OBJECTS if of not in ("license", "contact", "xml")},
    "keyword": ("schema", _keyword),
    "reference of a schema": ("schema", _reference),
    "reference of a response": ("response", _reference),
    "reference of a parameter": ("parameter", _reference),
    "type": ("schema", _type),
    "bounds": ("schema", _crossed),
    "enum of another type": ("schema", _enumerated),
    "enum twice": ("schema", _repeated),
    "example": ("schema", _example),
    "default": ("schema", _default),
    "pattern that doesn't compile": ("schema", _pattern("^[a-z")),
    "pattern that matches nothing": ("schema", _pattern("^[a-z]+$\\n.")),
    "required": ("schema", _required),
    "allOf": ("schema", _contradicted),
    "closed": ("schema", _closed),
    "keyword without effect": ("schema", _useless),
    "format": ("schema", _format),
    "nullable": ("schema", _nullable),
    "negative length": ("schema", _member("maxLength", -1, where=lambda v: v.get("type") == "string")),
    "properties of a list": ("schema", _member("properties", ["id"], where=lambda v: v.get("type") == "object")),
    "readOnly in words": ("schema", _member("readOnly", "yes")),
    "discriminator": ("discriminator", _discriminated),
    "mapping": ("discriminator", _mapped),
    "operationId twice": ("paths", _same_id),
    "status": ("responses", _status),
    "no description": ("response", _without("description")),
    "no name": ("parameter", _without("name")),
    "no place": ("parameter", _without("in")),
    "no content": ("request body", _without("content")),
    "no title": ("info", _without("title")),
    "no version": ("info", _without("version")),
    "no schema": ("parameter", _without("schema")),
    "version as a number": ("info", _member("version", 1.0)),
    "place": ("parameter", _member("in", "querry")),
    "style": ("parameter", _member("style", "matrix", where=lambda v: v.get("in") == "query")),
    "optional in the path": ("parameter", _member("required", False, where=lambda v: v.get("in") == "path")),
    "required in words": ("parameter", _member("required", "true", where=lambda v: v.get("in") == "query")),
    "parameter twice": ("operation", _twice),
    "scheme": ("security requirement", _strange_scheme),
    "scope": ("security requirement", _strange_scope),
    "idle scope": ("flow", _idle_scope),
    "no scopes": ("flow", _without("scopes")),
    "type of a scheme": ("security scheme", _member("type", "apikey")),
    "tag": ("document", _tag),
    "media type": ("request body", _media_type),
    "name in a path": ("paths", _path_name),
    "slash": ("paths", _path_slash),
    "path twice": ("paths", _path_twice),
    "operation of a link": ("link", _member("operationId", "noSuchOperation")),
    "pointer of a link": ("link", _link_pointer),
    "expression of a link": ("link", _link_expression),
    "parameter of a link": ("link", _link_parameter),
    "component": ("components", _component),
    "variable of a server": ("server", _member("url", "https://{nowhere}.example.com")),
}
