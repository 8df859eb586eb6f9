"""Form bodies (`application/x-www-form-urlencoded`, WHATWG URL section 5.1) as flat objects."""

from urllib.parse import unquote_to_bytes

from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, Problem


def parse_form(body: bytes) -> dict[str, str]:
    """Name → text. Raises 400 for a name that repeats (RFC 6749 section 3.2) and for what is not UTF-8."""
    form: dict[str, str] = {}
    for pair in body.split(b"&"):
        if not pair:
            continue
        try:
            name, value = (
                unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8") for part in pair.partition(b"=")[::2]
            )
        except UnicodeDecodeError:
            raise _invalid("The form is not UTF-8.", "") from None
        if name in form:
            raise _invalid(f"The form has {name[:64]!r} twice; send it once.", "/" + escape(name[:64]))
        form[name] = value
    return form


def _invalid(detail: str, pointer: str) -> Problem:
    return Problem("invalid_body", detail, errors=[Invalid(detail, pointer=pointer)])
