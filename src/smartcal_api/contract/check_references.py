"""Every `$ref` leads to something of the right kind, and following one comes to an end (law SRC 4)."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_schema import IN_PLACE, IN_PLACE_LISTS
from smartcal_api.contract.check_shape import article
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, pointer_of, unescape
from smartcal_api.errors import Finding


def references(survey: Survey) -> Iterator[Finding]:
    for at, reference, kind in survey.references:
        message = _fault(survey, reference, kind)
        if message is not None:
            yield Finding(at, message)
    yield from _mappings(survey)
    yield from _circles(survey)


def _fault(survey: Survey, reference: str, kind: str) -> str | None:
    found, _ = survey.nodes.get(pointer_of(reference), (None, None))
    if reference.startswith("#/") and found == kind:
        return None
    if not reference.startswith("#/"):
        return f"{reference!r} leads out of this document, which is not understood: bring the target into components"
    try:
        survey.document.resolve(reference)
    except KeyError:
        parent, _, name = reference.rpartition("/")
        try:
            siblings = survey.document.resolve(parent)
        except KeyError:
            siblings = None
        meant = closest(unescape(name), siblings) if isinstance(siblings, dict) else ""
        return f"{reference!r} leads nowhere{meant or '; define it there, or correct the reference'}"
    return f"{reference!r} leads to {article(found) if found else 'something else'}, but must lead to {article(kind)}"


def _mappings(survey: Survey) -> Iterator[Finding]:
    """The values of a discriminator's mapping are references, too, or names of component schemas."""
    for at, (kind, stated) in survey.nodes.items():
        mapping = stated.get("mapping") if kind == "discriminator" else None
        for key, target in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(target, str):
                reference = target if target.startswith("#") or "/" in target else f"#/components/schemas/{target}"
                message = _fault(survey, reference, "schema")
                if message is not None:
                    yield Finding(f"{at}/mapping/{escape(key)}", message)


def _circles(survey: Survey) -> Iterator[Finding]:
    """Chains of references, and of schemas about one value, that come back to where they began."""
    graph = {at: list(_steps(kind, node, at)) for at, (kind, node) in survey.nodes.items()}
    graph = {at: steps for at, steps in graph.items() if steps}
    while True:
        try:
            TopologicalSorter(graph).prepare()
            return
        except CycleError as error:
            circle: list[str] = error.args[1]
            start = min(circle)
            yield Finding(start, f"refers to itself by way of {', '.join(sorted(set(circle)))}; end the circle")
            for at in circle:
                graph.pop(at, None)


def _steps(kind: str, node: Any, at: str) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str):
        yield pointer_of(reference)
    if kind == "schema":
        for key in IN_PLACE_LISTS:
            if isinstance(node.get(key), list):
                yield from (f"{at}/{key}/{index}" for index in range(len(node[key])))
        yield from (f"{at}/{key}" for key in IN_PLACE if key in node)
