"""PAGE: the pages of a list are the list."""

from math import ceil

from hypothesis import strategies as st

from smartcal_api.conformance.law import Law, law, listings
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import largest_page, members


@law(
    "PAGE 1",
    "For any page size the pages, in order, are the whole list.",
    clause="/x-pagination",
    over=listings,
    requests=120,
    worth=80,
)
def pages_in_order_are_the_whole_list(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    whole = probe.whole(probe.operation)
    largest = largest_page(probe.operation, probe.contract)
    # Sizes that make no more than a dozen pages: a list can be long, and a budget isn't.
    smallest = max(1, ceil(len(whole) / 12))

    def check(size: int) -> None:
        credential = probe.credential(probe.operation.scopes)
        items = []
        for page in range(1, ceil(len(whole) / size) + 1):
            query = {names.page_parameter: page, names.per_page_parameter: size}
            answer = probe.call(probe.operation, query=query, credential=credential)
            probe.expect(answer.status == 200, f"{answer}; page {page} of a list of {len(whole)} is 200.")
            items += members(answer.json, names.items)
        probe.expect(
            [each["id"] for each in items] == [each["id"] for each in whole],
            f"pages of {size} give {len(items)} items that aren't the {len(whole)} of the whole list, in its order.",
        )

    probe.for_any(st.integers(min(smallest, largest), largest), check, examples=10)


LAWS: tuple[Law, ...] = (pages_in_order_are_the_whole_list,)
