"""Form bodies (`application/x-www-form-urlencoded`, WHATWG URL section 5.1) as flat objects."""

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote_to_bytes

from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, Problem


def parse_form(body: bytes, *, lists: Collection[str] = ()) -> dict[str, Any]:
    """Name → text, or all texts of a name that is in `lists`.

    Raises 400 for any other that repeats (RFC 6749 section 3.2), and for what is not UTF-8.
    """
    form: dict[str, Any] = {}
    for pair in body.split(b"&"):
        if not pair:
            continue
        try:
            name, value = (
                unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8") for part in pair.partition(b"=")[::2]
            )
        except UnicodeDecodeError:
            raise _invalid("The form is not UTF-8.", "") from None
        if name in lists:
            form.setdefault(name, []).append(value)
            continue
        if name in form:
            raise _invalid(f"The form has {name[:64]!r} twice; send it once.", "/" + escape(name[:64]))
        form[name] = value
    return form


def _invalid(detail: str, pointer: str) -> Problem:
    return Problem("invalid_body", detail, errors=[Invalid(detail, pointer=pointer)])
