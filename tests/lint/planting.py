"""Faults are put into a sound document one at a time, wherever they can be."""

import copy
from collections.abc import Container, Iterator
from random import Random
from typing import Any

from smartcal_api.contract.document import Document, unescape
from smartcal_api.lint.index import Index
from tests.lint.faults import KINDS


class Faults:
    """Of one document."""

    def __init__(self, document: Document) -> None:
        index = Index(document)
        self.version = index.version
        self.data = document.data
        self.nodes = index.nodes

    def some(self, seed: int, kinds: Container[str] = ()) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Every kind of fault (of those named) once, wherever it can be: its name, the document with it, and the
        pointer to it."""
        for kind, (of, put) in KINDS.items():
            if kinds and kind not in kinds:
                continue
            pick = Random(f"{seed} {kind}")
            places = [at for at, (found, value) in self.nodes.items() if found == of and isinstance(value, dict)]
            pick.shuffle(places)
            for at in places:
                data = copy.deepcopy(self.data)
                inside = put(resolve(data, at), pick, self.version)
                if inside is not None:
                    yield kind, data, f"{at}{inside}"
                    break


def resolve(data: Any, at: str) -> Any:
    for token in at.split("/")[1:]:
        data = data[int(token)] if isinstance(data, list) else data[unescape(token)]
    return data
