"""What is named and isn't there, or is there and nobody names it: tags, components, variables of servers."""

import re
from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.document import escape, pointer_of
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def tags(index: Index) -> Iterator[Found]:
    """Those of operations against those of the document, where that lists any."""
    stated: list[str] = []
    for at, tag in index.all("tag"):
        name = tag.get("name")
        if name in stated:
            yield Found("tag/twice", at, f"{name} is there twice; leave one out")
        if isinstance(name, str):
            stated.append(name)
    for at, tag in index.all("tag"):
        parent = tag.get("parent")
        if isinstance(parent, str) and parent not in stated:
            meant = closest(parent, tuple(stated)) or "; add it"
            yield Found("tag/unknown", f"{at}/parent", f"{parent} is not one of the tags{meant}")
    for at, operation in index.all("operation") if stated else ():
        named = operation.get("tags")
        for number, name in enumerate(named if isinstance(named, list) else ()):
            if isinstance(name, str) and name not in stated:
                meant = closest(name, tuple(stated)) or "; add it to the tags of the document"
                yield Found(
                    "tag/unknown", f"{at}/tags/{number}", f"{name} is not one of the tags of the document{meant}"
                )


def components(index: Index) -> Iterator[Found]:
    """Those that nothing refers to, itself left aside."""
    used = _used(index)
    stated = index.data.get("components")
    for kind, several in stated.items() if isinstance(stated, dict) else ():
        for name in several if isinstance(several, dict) and kind != "securitySchemes" else ():
            at = f"/components/{escape(kind)}/{escape(name)}"
            if at not in used and at in index.nodes:
                said = f"nothing refers to {name}; leave it out, or refer to it"
                yield Found("component/unused", at, said)


def _used(index: Index) -> set[str]:
    """Each pointer that something outside of it leads to, and those that it lies in."""
    found: set[str] = set()
    leads = [(at, pointer_of(stated)) for at, stated, _ in index.references if stated.startswith("#/")]
    for at, discriminator in index.all("discriminator"):
        mapping = discriminator.get("mapping")
        for target in mapping.values() if isinstance(mapping, dict) else ():
            if isinstance(target, str):
                leads.append((at, pointer_of(target) if target.startswith("#") else f"/components/schemas/{target}"))
    names = index.data.get("x-unrouted-responses"), index.data.get("x-problems")
    leads += [("/x", each) for each in _quoted(names)]
    for at, target in leads:
        component = "/".join(target.split("/")[:4])
        if not f"{at}/".startswith(f"{component}/"):
            found.add(component)
    return found


def _quoted(value: Any) -> Iterator[str]:
    """References within members that OpenAPI doesn't know."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            yield pointer_of(reference)
        for each in value.values():
            yield from _quoted(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _quoted(each)


def servers(index: Index) -> Iterator[Found]:
    """The variables of their URLs."""
    for at, server in index.all("server"):
        url = server.get("url")
        variables = server.get("variables")
        known = variables if isinstance(variables, dict) else {}
        named = _VARIABLE.findall(url) if isinstance(url, str) else []
        for name in named:
            if name not in known:
                meant = closest(name, tuple(known)) or "; describe it in variables"
                yield Found("server/variable", f"{at}/url", f"{{{name}}} is not one of the variables{meant}")
        for name, variable in known.items():
            if name not in named:
                meant = closest(name, tuple(named)) or "; leave it out"
                yield Found("server/variable", f"{at}/variables/{escape(name)}", f"{name} is not in the URL{meant}")
            choices = variable.get("enum") if isinstance(variable, dict) else None
            if isinstance(choices, list) and "default" in variable and variable["default"] not in choices:
                said = f"{variable['default']!r} is not one of its enum; correct one of the two"
                yield Found("server/variable", f"{at}/variables/{escape(name)}/default", said)
        if isinstance(url, str) and ("{" in _VARIABLE.sub("", url) or "}" in _VARIABLE.sub("", url)):
            yield Found("server/variable", f"{at}/url", f"{url!r} has a brace without its other one; correct it")
