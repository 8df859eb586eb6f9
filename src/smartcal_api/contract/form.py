"""What the texts of a form stand for, by its schema."""

import json
from typing import Any

from smartcal_api.contract.document import Document
from smartcal_api.contract.textual import Textual

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


class FormSchema:
    """The types that the schema states of a form's members; the name of one in `lists` may repeat."""

    def __init__(self, schema: Any, document: Document) -> None:
        whole = Textual(schema, document)
        self._members = {name: whole.member(name) for name in whole.names}
        self._others = whole.member("")
        self.lists = {name for name, member in self._members.items() if member.is_array}

    def value(self, name: str, given: str | list[str]) -> Any:
        """A member as its schema has it; what fits none of its types stays text, for the schema to judge."""
        member = self._members.get(name, self._others)
        if isinstance(given, str) and member.is_object and "string" not in member.types:
            return _structured(given)
        return member.value(given)


def _structured(given: str) -> Any:
    """An object in a form is JSON (OpenAPI 3.1, Encoding Object), or the text that it is."""
    try:
        return json.loads(given)
    except ValueError:
        return given
