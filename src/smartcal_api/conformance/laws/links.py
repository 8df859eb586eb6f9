"""PAGE 3: the links from page to page."""

import re
from math import ceil
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.law import Law, law, linked
from smartcal_api.conformance.oracle import as_query, filter_values, telling_values
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import members

_LINK = re.compile(r'<([^>]*)>\s*;\s*rel="?([a-z]+)"?')
_BY = "/x-pagination"


@law(
    "PAGE 3",
    "The links of a page lead to the first, previous, next and last one, and keep every filter.",
    over=linked,
    requests=33,
    worth=70,
)
def links_lead_to_the_pages_and_keep_the_filters(probe: Probe) -> None:
    """Each filter by itself, on a page in the middle; then any filters, any size, any page."""
    names = probe.contract.policy.pagination
    plain = probe.call(probe.operation)
    probe.succeeds(plain, "a list without parameters is its first page")
    there = plain.header(names.link_header) is not None
    cause = f"lists have no {names.link_header} header"
    if not probe.expect(there, f"{plain} has no {names.link_header}.", by=_BY, at=plain, kind="no links", cause=cause):
        return
    whole = probe.whole(probe.operation)
    filters = [each for each in probe.operation.parameters if each.filter is not None]
    telling = [(each.name, value) for each in filters for value in telling_values(each, whole)[:1]]
    probe.for_each(telling, lambda case: _check(probe, {case[0]: case[1]}, 3, 0.5), quick=1)
    drawn = st.tuples(
        filter_values(probe.operation, whole),
        st.integers(1, probe.largest(probe.operation)),
        st.floats(0, 1, exclude_max=True),
    )
    probe.for_any(drawn, lambda case: _check(probe, *case), examples=5)


def _check(probe: Probe, filters: dict[str, Any], size: int, place: float) -> None:
    names = probe.contract.policy.pagination
    credential = probe.credential(probe.operation.scopes)
    filtered = [each["id"] for each in probe.read(probe.operation, as_query(filters))]
    pages = ceil(len(filtered) / size)
    page = 1 + int(place * pages)
    query = {**as_query(filters), names.per_page_parameter: size, names.page_parameter: page}
    answer = probe.call(probe.operation, query=query, credential=credential)
    if not answer.ok:
        return  # whether a page is refused is for PAGE 1
    links = {relation: url for url, relation in _LINK.findall(answer.header(names.link_header) or "")}
    due = {"first": 1, "last": max(1, pages)}
    due |= {"prev": page - 1} if page > 1 else {}
    due |= {"next": page + 1} if page < pages else {}
    if not pages:
        # An empty list has no last page; whether it links to its only, empty one is nobody's promise.
        due = {name: number for name, number in due.items() if name in links}
    said = f"{answer}, page {page} of {pages}, links to {sorted(links)}; that is to be {sorted(due)}."
    probe.expect(set(links) == set(due), said, by=_BY, at=answer, kind="relations")
    for relation, number in due.items():
        if relation not in links:
            continue
        followed = probe.follow(links[relation], credential=credential, operation=probe.operation)
        items = members(followed.json, names.items) if followed.ok else []
        probe.expect(
            [each["id"] for each in items] == filtered[(number - 1) * size : number * size],
            f'rel="{relation}" of page {page} of {pages} leads to {followed}; that isn\'t page {number} with the same '
            f"filters.",
            by=_BY,
            at=(answer, followed),
            kind=relation,
        )


LAWS: tuple[Law, ...] = (links_lead_to_the_pages_and_keep_the_filters,)
