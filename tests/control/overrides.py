"""What somebody may give for a resource: members that are right, that are wrong, that there aren't."""

from typing import Any

from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import owned
from tests.wire import World

_TIMES = [
    "now",
    "now+1d",
    "now-30m",
    "now+2w",
    "2026-03-09T10:00:00+01:00",
    "2026-03-09T10:00:00Z",
    "9998-12-31T23:59:59Z",
]
_WRONG_TIMES = ["now+999999999w", "tomorrow", "now+1y", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", ""]
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2000), st.sampled_from([10**30, 1.5, 30.0]), st.text(max_size=8)
)
JUNK = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "type", "name"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def overrides(contract: Contract, world: World, collection: str) -> st.SearchStrategy[dict[str, Any]]:
    """Of each member what some resource has there, a time, or anything at all."""
    stored = collection in world.sandbox.store.collections
    there = owned(world, collection) + owned(world, collection, 2) if stored else []
    names = list(contract.schema(collection)["properties"])

    def member(name: str) -> st.SearchStrategy[Any]:
        right = st.sampled_from([document[name] for document in there]) if there and name in there[0] else JUNK
        if name.endswith(("_time", "_at")):
            right = st.sampled_from(_TIMES) | right | st.sampled_from(_WRONG_TIMES)
        partial = right.map(lambda value: dict(list(value.items())[:1]) if isinstance(value, dict) else value)
        return st.one_of(right, right, partial, JUNK)

    known = st.lists(st.sampled_from(names), max_size=3, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: member(name) for name in chosen})
    )
    return st.one_of(known, known, known, st.dictionaries(st.sampled_from(["strat_time", "x"]), JUNK, max_size=1))
