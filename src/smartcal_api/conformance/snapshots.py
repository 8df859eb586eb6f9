"""Lists as they were read whole: the oracle of paging and filters, and where ids come from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive, Refused, Unreadable
from smartcal_api.contract import Contract, Operation

if TYPE_CHECKING:
    from smartcal_api.conformance.probe import Probe

_UNASKED = 10
"""Items of a page, where none of the larger sizes is taken."""
_MOST_PAGES = 30
"""A list that is longer isn't read whole: laws that need it say so."""


class Snapshots:
    """Shared by the cases of a run, and forgotten whenever one changes something."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._names = contract.policy.pagination
        self._moves = 0
        self._lists: dict[str, list[Any]] = {}
        self._ids: dict[str, list[str]] = {}
        self._sizes: dict[str, int | None] = {}

    def forget(self) -> None:
        self._lists.clear()
        self._ids.clear()

    def whole(self, listing: Operation, probe: "Probe") -> list[Any]:
        """The list as it is now: read once, and again when it may have changed since, with the clock or by a law."""
        moves = probe.session.control.moves if probe.session.control else 0
        if moves != self._moves:
            self.forget()
            self._moves = moves
        found = self._lists.get(listing.id)
        if found is None:
            found = self._lists[listing.id] = self.read(listing, probe)
        return found

    def read(
        self, listing: Operation, probe: "Probe", query: Mapping[str, Any] | None = None, *, account: int = 0
    ) -> list[Any]:
        """Page by page, at the largest size that is taken, with one credential; `query` has filters. The last page is
        the one that the body says, else the one before the first without anything new."""
        credential = probe.credential(listing.scopes, account=account)
        items: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            answer = self._page(listing, probe, {**(query or {}), self._names.page_parameter: page}, credential)
            found = members(answer.json, self._names.items)
            if page > 1 and found and all(each in items for each in found):
                return items  # it has no end that is told, and nothing more
            items += found
            pages = self.pages(answer.json)
            if not found or (pages is not None and page >= pages):
                return items
        raise Inconclusive(f"{listing.path} has more than {_MOST_PAGES} pages; give an account with fewer items")

    def pages(self, body: Any) -> int | None:
        """How many pages a list says that it has."""
        stated = body.get(self._names.pagination) if isinstance(body, dict) else None
        found = stated.get(self._names.total_pages) if isinstance(stated, dict) else None
        return found if isinstance(found, int) else None

    def _page(self, listing: Operation, probe: "Probe", query: Mapping[str, Any], credential: Credential) -> Exchange:
        """A page of the largest size that the deployment takes, which is learnt from the first list that is read."""
        largest = largest_page(listing, self._contract)
        sizes = [self._sizes[listing.id]] if listing.id in self._sizes else [largest, largest // 2, None]
        for size in sizes:
            asked = query if size is None else {**query, self._names.per_page_parameter: size}
            answer = probe.call(listing, query=asked, credential=credential)
            if answer.ok:
                self._sizes[listing.id] = size
                return answer
        raise Refused(answer)

    def largest(self, listing: Operation) -> int:
        """The most items that a page was seen to have room for: how many that is, the contract alone says."""
        size = self._sizes.get(listing.id, largest_page(listing, self._contract))
        return _UNASKED if size is None else size

    def changed(self, probe: "Probe") -> str | None:
        """Whether a list that was relied on has other items now: which. Their order is no change."""
        for name, before in list(self._lists.items()):
            listing = self._contract.operations[name]
            try:
                now = self.read(listing, probe)
            except Inconclusive:
                continue
            if sorted(map(repr, now)) != sorted(map(repr, before)):
                return listing.path
        return None

    def an_id(self, operation: Operation, probe: "Probe") -> str:
        ids = self.ids(operation, probe)
        if not ids:
            raise Inconclusive(f"the account has nothing that {operation.id} could be asked for")
        return ids[0]

    def ids(self, operation: Operation, probe: "Probe") -> list[str]:
        """Ids that fit the path, from the first page of the list that it is below."""
        listing = self.above(operation)
        found = self._ids.get(listing.id)
        if found is None:
            answer = probe.call(listing)
            if not answer.ok:
                raise Refused(answer)
            found = self._ids[listing.id] = [str(each["id"]) for each in members(answer.json, self._names.items)]
        return found

    def foreign_id(self, operation: Operation, probe: "Probe") -> str:
        listing = self.above(operation)
        theirs = probe.credential(listing.scopes, account=1)
        ahead = [each for each in listing.parameters if each.filter and each.filter.when is True]
        # What is to be refused is tried on what it would change.
        query = {} if operation.method == "GET" else {each.name: "true" for each in ahead}
        answer = probe.call(listing, credential=theirs, query=query)
        items = members(answer.json, self._names.items) if answer.ok else []
        creator = probe.session.stock.creator(listing.path)
        if not items and answer.ok and creator is not None and probe.target.writable:
            theirs = probe.credential(creator.scopes, account=1)
            items = [probe.create(creator, credential=theirs).object]
        if not items:
            raise Inconclusive(f"the other account has nothing that {operation.id} could be asked for: {answer}")
        # Where ids are counted for each account by itself, one of theirs may be one of ours, too.
        own = probe.call(listing, credential=probe.credential(listing.scopes))
        ours = {str(each["id"]) for each in members(own.json, self._names.items)} if own.ok else set()
        alone = [str(each["id"]) for each in items if str(each["id"]) not in ours]
        if not alone:
            raise Inconclusive(f"the ids of the other account in {answer} are ids of this one, too")
        return alone[0]

    def above(self, operation: Operation) -> Operation:
        """The list that the resource of an operation is in."""
        above = operation.path.partition("/{")[0]
        found = (each for each in self._contract.operations.values() if each.path == above and each.listing)
        listing = next(found, None)
        if listing is None:
            raise Inconclusive(f"there is no list at {above} to find an id for {operation.id} in")
        return listing


def members(body: Any, name: str) -> list[Any]:
    """The items of a list's body, each an object; a body in another form can't be read."""
    items = body.get(name) if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise Unreadable(
            f"the lists have no array {name!r} of objects in their body, where the contract has their items "
            "(x-pagination.fields): what is in them can't be read"
        )
    return items


def largest_page(listing: Operation, contract: Contract) -> int:
    """The most items that the contract lets a page have."""
    name = contract.policy.pagination.per_page_parameter
    schema = next(each.schema for each in listing.parameters if each.name == name)
    return int(schema.get("maximum", 100))
