"""`--data FILE`: resources of one's own, in YAML or JSON, to start with."""

from pathlib import Path

from smartcal_api.contract import Contract, Document
from smartcal_api.errors import Finding
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.staging import Conflicting, Staging, Unfit


def load_data(sandbox: Sandbox, contract: Contract, path: Path) -> None:
    """Fills an empty sandbox, which resets lead back to; raises `UsageError`: file, line, pointer, cause."""
    document = Document.read(path)
    try:
        Staging(contract).load(sandbox, document.data)
    except Unfit as error:
        raise document.error([Finding(each.pointer or "", each.detail.rstrip(".")) for each in error.faults]) from None
    except Conflicting as error:
        raise document.error([Finding("", error.detail)]) from None
    sandbox.store.index()
    sandbox.data = sandbox.store.image()
