"""`--data FILE`: resources of one's own, in YAML or JSON, to start with."""

import zlib
from base64 import b64decode, b64encode

from smartcal_api.contract import Contract, Document
from smartcal_api.errors import Finding, UsageError
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.restoring import altered
from smartcal_api.sandbox.staging import Conflicting, Staging, Unfit
from smartcal_api.store import BEGAN, Store, check_image


def load_data(sandbox: Sandbox, contract: Contract, document: Document) -> None:
    """Fills an empty sandbox, which resets lead back to; raises `UsageError`: file, line, pointer, cause."""
    store = sandbox.store

    def load(template: Sandbox) -> None:
        Staging(contract).load(template, document.data)

    try:
        data = altered(store.image(), contract, load, now=sandbox.clock.now(), seed=sandbox.seed)
    except Unfit as error:
        raise document.error([Finding(each.pointer or "", each.detail.rstrip(".")) for each in error.faults]) from None
    except Conflicting as error:
        raise document.error([Finding("", error.detail)]) from None
    if store.path is not None:
        # Before the data: a start that is broken off in between leaves an empty store, which counts as new.
        store.set_meta(BEGAN, b64encode(zlib.compress(data)).decode("ascii"))
    store.load_image(data)
    sandbox.plan()
    sandbox.data = data


def forget_data(store: Store) -> None:
    """A start that was broken off may have left some in a store that is still new."""
    if store.meta(BEGAN):
        store.set_meta(BEGAN, "")


def data_of(store: Store) -> bytes | None:
    """What an earlier process loaded into a store that was new; None where that was a generated data set."""
    kept = store.meta(BEGAN)
    if not kept:
        return None
    try:
        data = zlib.decompress(b64decode(kept))
    except (ValueError, zlib.error) as error:
        raise UsageError(f"{store.path}: what it began with is damaged: {error}.") from None
    if store.path is not None:
        check_image(data, store.path)
    return data
