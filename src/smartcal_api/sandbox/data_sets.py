"""Filled databases, to be copied: a test suite uses a few data sets, each again and again."""

import asyncio
from collections.abc import Iterable

from smartcal_api.background import Background
from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Operation
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.image import DataSet
from smartcal_api.sandbox.population import fill, mock_collections
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.seeding import weeks_to
from smartcal_api.store import OPENED, open_store

_MOST = 8
_MOST_BYTES = 256 * 1024 * 1024
_Key = tuple[object, ...]


class DataSets:
    """The latest, while there is room; the largest are made anew each time. What is being made is made once."""

    def __init__(self) -> None:
        self._images: dict[_Key, bytes] = {}
        self._making: dict[_Key, asyncio.Task[bytes]] = {}

    async def get(
        self, data: DataSet, contract: Contract, mocked: Iterable[Operation], background: Background
    ) -> bytes:
        """The database of a data set under a contract; raises `ValueError` for sizes that can't be."""
        key = (contract.document.sha256, data.seed, data.events, data.bookings, weeks_to(data.now))
        image = self._images.get(key)
        if image is not None:
            return image
        making = self._making.get(key)
        if making is None:
            mocked = tuple(mocked)
            making = asyncio.ensure_future(background.run(lambda: _filled(data, contract, mocked)))
            self._making[key] = making
            making.add_done_callback(lambda made: self._keep(key, made))
        return await asyncio.shield(making)

    def _keep(self, key: _Key, made: "asyncio.Task[bytes]") -> None:
        del self._making[key]
        if made.cancelled() or made.exception() is not None:
            return
        image = made.result()
        while self._images and (len(self._images) >= _MOST or self._bytes() + len(image) > _MOST_BYTES):
            del self._images[next(iter(self._images))]
        if len(image) <= _MOST_BYTES:
            self._images[key] = image

    def _bytes(self) -> int:
        return sum(map(len, self._images.values()))


def _filled(data: DataSet, contract: Contract, mocked: Iterable[Operation]) -> bytes:
    store = open_store(contract)
    template = Sandbox("", contract, store, Clock(data.now, frozen=True), seed=data.seed)
    fill(template, events=data.events, bookings=data.bookings)
    adapt(template, contract)
    mock_collections(template, contract, mocked)
    store.set_meta(OPENED, "0")
    image = store.image()
    store.close()
    return image
