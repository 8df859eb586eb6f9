"""Path items as one thing: what a `$ref` leads to, and additional operations, stand where the path is."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.contract.document import Document, escape, pointer_of
from smartcal_api.contract.methods import ADDITIONAL

_CHAIN = 16


class Inlining:
    """`data` is the document so; `origins` says of what was moved where it was written."""

    def __init__(self, document: Document, data: Mapping[str, Any]) -> None:
        self._document = document
        self.origins: dict[str, str] = {}
        self.data = {**data}
        for name in ("paths", "webhooks"):
            table = data.get(name)
            if isinstance(table, dict):
                self.data[name] = {key: self._item(item, f"/{name}/{escape(key)}") for key, item in table.items()}

    def _item(self, stated: Any, at: str) -> Any:
        item = stated
        for _ in range(_CHAIN):
            reference = item.get("$ref") if isinstance(item, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            try:
                target = self._document.resolve(reference)
            except KeyError:
                break
            if not isinstance(target, dict):
                break
            own = {key: value for key, value in item.items() if key != "$ref"}
            for key in target.keys() - own.keys():
                self.origins[f"{at}/{escape(key)}"] = f"{pointer_of(reference)}/{escape(key)}"
            item = {**target, **own}
        return self._with_additional(item, at)

    def _with_additional(self, item: Any, at: str) -> Any:
        more = item.get("additionalOperations") if isinstance(item, dict) else None
        if not isinstance(more, dict) or not all(method in ADDITIONAL for method in more):
            return item
        source = self.origins.get(f"{at}/additionalOperations", f"{at}/additionalOperations")
        self.origins |= {f"{at}/{method}": f"{source}/{method}" for method in more}
        return {**{key: value for key, value in item.items() if key != "additionalOperations"}, **more}
