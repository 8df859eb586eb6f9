"""Compiled validators for the schemas of a contract: Draft 2020-12, formats asserted."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import orjson
from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError

from smartcal_api.contract.document import Document
from smartcal_api.contract.explanation import BASE, clause, explain, meant
from smartcal_api.errors import shortened


class Schemas:
    """Compiles each schema once, on the first request for it; serving asks for all of them at start."""

    def __init__(self, document: Document) -> None:
        self._registry = Registry([(BASE, document.data)], draft=Draft202012)
        self.document = document
        self._compiled: dict[tuple[str, str | None], Draft202012Validator] = {}
        self._own: dict[tuple[bytes, str | None], Draft202012Validator] = {}

    def at(self, pointer: str, *, mask: str | None = None) -> Draft202012Validator:
        """The validator for the schema that `pointer` (such as `/components/schemas/Event`) leads to.

        Its messages quote what is wrong, or say `mask` for it.
        """
        found = self._compiled.get((pointer, mask))
        if found is None:
            found = self._compiled[pointer, mask] = self.compile(self.reference(pointer), mask=mask)
        return found

    def compile(self, schema: dict[str, Any], *, mask: str | None = None) -> Draft202012Validator:
        """A validator for a schema of one's own; it refers to the contract's by `Schemas.reference(pointer)`."""
        key = orjson.dumps(schema, option=orjson.OPT_SORT_KEYS), mask
        found = self._own.get(key)
        if found is None:
            found = self._own[key] = Draft202012Validator(
                schema, registry=self._registry, validate_formats=True, mask=mask
            )
        return found

    def explain(self, error: ValidationError) -> str:
        """What is wrong and how to mend it, for a person: a sentence with its end."""
        told = shortened(explain(error, clause(error), self.document))
        return told if told.endswith(("?", "…")) else f"{told}."

    def meant(self, errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
        """The errors that say most: of a `oneOf` those of the schema that the value names by its discriminator."""
        return meant(errors, self.document)

    @staticmethod
    def reference(pointer: str) -> dict[str, str]:
        return {"$ref": f"{BASE}#{_quote(pointer)}"}


def _quote(pointer: str) -> str:
    """A pointer as a URI fragment (RFC 6901 section 6)."""
    return quote(pointer, safe="/~:@!$&'()*+,;=")
