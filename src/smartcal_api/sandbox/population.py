"""Fills a sandbox: with the default data set, a seeded one, or what stands in for collections that are mocked."""

from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path

import orjson

from smartcal_api.contract import Contract, Operation
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox.image import DataSet
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.seeding import Resource, generate, shift, weeks_to
from smartcal_api.store import Row

# A list that is mocked has this many items: more than one page of the default size, and a last page that is short.
_MOCKED_ITEMS = 23
Progress = Callable[[int], None]
EVENTS, BOOKINGS = 200, 50  # of the default data set
DEFAULT_SEED = 0
_EVENTS, _BOOKINGS = "events", "bookings"  # in the store: what a data set was made of


def default_data_set() -> Iterator[Resource]:
    """The fixture that `make fixtures` generates, so that starting needs no Faker."""
    for line in _fixture("default.jsonl").read_bytes().splitlines():
        collection, account, document = orjson.loads(line)
        yield Resource(collection, account, document)


def seeded_data_set(sandbox: Sandbox, *, events: int, bookings: int) -> Iterator[Resource]:
    return generate(sandbox.ids, seed=sandbox.seed, events=events, bookings=bookings)


def fill(sandbox: Sandbox, *, events: int, bookings: int, progress: Progress | None = None) -> None:
    """Stores the default data set, or a seeded one of these sizes; raises `ValueError` for sizes that can't be."""
    default = (sandbox.seed, events, bookings) == (DEFAULT_SEED, EVENTS, BOOKINGS)
    data = default_data_set() if default else seeded_data_set(sandbox, events=events, bookings=bookings)
    populate(sandbox, data, sizes=(events, bookings), progress=None if default else progress)


def data_set_of(sandbox: Sandbox) -> DataSet:
    """What its generated data set was, moved to the week of its clock."""
    events, bookings = (
        int(sandbox.store.meta(name) or default) for name, default in ((_EVENTS, EVENTS), (_BOOKINGS, BOOKINGS))
    )
    return DataSet(sandbox.seed, events, bookings, sandbox.clock.now())


def populate(
    sandbox: Sandbox,
    data: Iterable[Resource],
    *,
    sizes: tuple[int, int] = (EVENTS, BOOKINGS),
    progress: Progress | None = None,
) -> None:
    """Stores a data set of these sizes, moved by whole weeks of local wall time to the sandbox's now."""
    store = sandbox.store
    weeks = weeks_to(sandbox.clock.now())
    with store.transaction():
        store.load(_rows(data, weeks, progress))
        store.set_meta("seed", str(sandbox.seed))
        for name, size in zip((_EVENTS, _BOOKINGS), sizes, strict=True):
            store.set_meta(name, str(size))
    store.index()
    sandbox.plan()


def _rows(data: Iterable[Resource], weeks: int, progress: Progress | None) -> Iterator[Row]:
    owners: dict[str, int] = {}
    for count, (collection, account, document) in enumerate(data):
        owner = owners.setdefault(account, len(owners) + 1)
        if collection == "Account":
            # Who asks decides these two; they are stored so that the document fits its schema like any other.
            document = document | {"scopes": [], "auth_method": "api_key"}
        yield Row(collection, owner, shift(document, weeks))
        if progress is not None and count % 1000 == 0:
            progress(count)


def mock_collections(sandbox: Sandbox, contract: Contract, mocked: Iterable[Operation]) -> dict[str, int]:
    """Items for the lists that no handler serves, once; returns collection → number made (law SRC 3)."""
    generator = ValueGenerator(contract.data, seed=sandbox.seed)
    made: dict[str, int] = {}
    for operation in mocked:
        name = operation.listing.collection if operation.listing else None
        if name is None or sandbox.store.meta(f"mocked {name}") or not sandbox.store.is_empty(name):
            continue
        schema = contract.schema(name)
        with sandbox.store.transaction():
            for number in range(_MOCKED_ITEMS):
                item = generator.value(schema, salt=f"{name} {number}", name=name)
                sandbox.store.put(name, item, owner=1, identifier=str(item.get("id", number)))
            sandbox.store.set_meta(f"mocked {name}", "yes")
        made[name] = _MOCKED_ITEMS
    return made


def _fixture(name: str) -> Path:
    """A file of the wheel, or of the checkout of an editable installation."""
    packaged = Path(str(resources.files("smartcal_api"))) / "fixtures" / name
    return packaged if packaged.exists() else Path(__file__).parents[3] / "fixtures" / name
