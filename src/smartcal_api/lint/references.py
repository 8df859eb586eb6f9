"""References: they lead to something of the right kind, and following one comes to an end."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_shape import article
from smartcal_api.contract.document import Document, escape, pointer_of, unescape
from smartcal_api.errors import ContractError
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index


def references(index: Index) -> Iterator[Found]:
    """What `$ref` and the mappings of discriminators lead to."""
    files: dict[Path, Document | None] = {}
    for at, stated, kind in index.references:
        if stated.startswith("#"):
            yield from _local(index, at, stated, kind)
        else:
            yield from _outside(index, at, stated, files)
    yield from _circles(index)


def mappings(index: Index) -> Iterator[Found]:
    """The values of a discriminator's mapping, which are references or names of schemas."""
    for at, stated in index.all("discriminator"):
        for key, target in _table(stated.get("mapping")).items():
            if not isinstance(target, str):
                continue
            name = target if target.startswith("#") or "/" in target or "." in target else ""
            reference = name or f"#/components/schemas/{target}"
            if reference.startswith("#") and not _leads(index, reference):
                meant = closest(unescape(reference.rpartition("/")[2]), tuple(_schemas(index)))
                said = f"{target} is not a schema of this document{meant or '; correct it, or add the schema'}"
                yield Found("reference/nowhere", f"{at}/mapping/{escape(key)}", said)


def _local(index: Index, at: str, stated: str, kind: str) -> Iterator[Found]:
    if not stated.startswith("#/"):
        if stated != "#" and not _anchored(index, stated):
            yield Found("reference/nowhere", at, f"{stated!r} leads nowhere; write #/components/… and a name")
        return
    pointer = pointer_of(stated)
    known = index.nodes.get(pointer)
    if known is not None:
        if known[0] != kind:
            said = f"{stated!r} leads to {article(known[0])}, but must lead to {article(kind)}; correct it"
            yield Found("reference/kind", at, said)
    elif not _leads(index, stated):
        parent, _, name = stated.rpartition("/")
        siblings: Any = None
        with suppress(KeyError):
            siblings = index.document.resolve(parent) if parent != "#" else None
        meant = closest(unescape(name), siblings) if isinstance(siblings, dict) else ""
        yield Found("reference/nowhere", at, f"{stated!r} leads nowhere{meant or '; define it there, or correct it'}")


def _outside(index: Index, at: str, stated: str, files: dict[Path, Document | None]) -> Iterator[Found]:
    """To another file, which is looked for beside this one; what is on the web is left alone."""
    parts = urlsplit(stated)
    if parts.scheme or parts.netloc or index.document.path.parts[:1] in (("http:",), ("https:",)):
        return
    path = index.document.path.parent / unquote(parts.path)
    if path not in files:
        try:
            files[path] = Document.read(path, aliases=True)
        except ContractError as error:
            files[path] = None
            yield Found("reference/nowhere", at, f"{error.findings[0].message} ({parts.path}); correct it")
    document = files[path]
    if document is None or not parts.fragment:
        return
    try:
        document.resolve(f"#{parts.fragment}")
    except KeyError:
        yield Found("reference/nowhere", at, f"{parts.path} has nothing at #{parts.fragment}; correct it")


def _circles(index: Index) -> Iterator[Found]:
    """Chains of references alone that come back to where they began."""
    for at, stated, _ in index.references:
        value, seen = {"$ref": stated}, [at.removesuffix("/$ref")]
        while isinstance(value, dict) and isinstance(value.get("$ref"), str) and value["$ref"].startswith("#/"):
            pointer = pointer_of(value["$ref"])
            if pointer == seen[0]:
                yield Found("reference/circle", at, f"{stated!r} leads back to itself; end the circle")
            if pointer in seen:
                break
            seen.append(pointer)
            try:
                value = index.document.resolve(value["$ref"])
            except KeyError:
                break


def _leads(index: Index, reference: str) -> bool:
    try:
        index.document.resolve(reference)
    except KeyError:
        return False
    return True


def _anchored(index: Index, stated: str) -> bool:
    names = (value.get(key) for _, (_, value) in index.nodes.items() if isinstance(value, dict) for key in _ANCHORS)
    return stated[1:] in names


_ANCHORS = ("$anchor", "$dynamicAnchor")


def _schemas(index: Index) -> Mapping[str, Any]:
    return _table(_table(index.data.get("components")).get("schemas"))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
