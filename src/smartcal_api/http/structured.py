"""Parameters that are more than a text or a plain list of them: objects, other styles, and JSON in a parameter."""

from collections.abc import Sequence
from typing import Any

from smartcal_api.contract import Parameter, Schemas
from smartcal_api.contract.textual import Textual
from smartcal_api.http.json_text import NotJson, parse_json
from smartcal_api.http.styles import Decode, Given, Style

_DEPTH = 32
_ABSENT = (None, None)


def is_plain(parameter: Parameter, textual: Textual) -> bool:
    """Whether it is no such parameter."""
    usual = parameter.style == ("form" if parameter.location in ("query", "cookie") else "simple")
    return usual and not textual.is_object and not parameter.content


class StructuredReader:
    """One such parameter."""

    array = False

    def __init__(self, parameter: Parameter, textual: Textual, schemas: Schemas) -> None:
        self.name, self.required = parameter.name, parameter.required
        self._json = parameter.content
        self._textual = textual
        self._style = Style(parameter.name, parameter.style, textual, explode=parameter.explode)
        self.is_open = textual.is_object and textual.is_open and parameter.explode and parameter.style == "form"
        self._validator = schemas.at(parameter.pointer)
        self._explain = schemas.explain

    def claims(self, name: str) -> bool:
        return name == self.name if self._json else self._style.claims(name)

    def find(self, given: Given, decode: Decode, rest: Sequence[str]) -> tuple[Any, str | None]:
        """As `read`, of what a query has; (None, None) where that is nothing."""
        if self._json:
            return self.read(given[self.name], decode) if self.name in given else _ABSENT
        try:
            found = self._style.of_query(given, decode, rest)
        except UnicodeDecodeError:
            return None, "is not UTF-8; percent-encode it from UTF-8."
        return _ABSENT if found is None else self._judged(self._textual.value(found))

    def read(self, given: Sequence[bytes], decode: Decode) -> tuple[Any, str | None]:
        """(value, None), or (None, what is wrong and what to do)."""
        try:
            if self._json:
                return self._judged(parse_json(decode(given[0]).encode(), depth=_DEPTH))
            return self._judged(self._textual.value(self._style.of_text(given[0], decode)))
        except NotJson as error:
            return None, f"is not JSON: {error}."
        except UnicodeDecodeError:
            return None, "is not UTF-8; percent-encode it from UTF-8."

    def _judged(self, value: Any) -> tuple[Any, str | None]:
        for error in self._validator.iter_errors(value):
            return None, f"does not fit: {self._explain(error)}"
        return value, None
