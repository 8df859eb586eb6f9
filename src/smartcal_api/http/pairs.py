"""Names and texts as they stand in a query, in cookies and in header fields, and how each of them is decoded."""

from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from smartcal_api.errors import Invalid

NOT_UTF_8 = "is not UTF-8; percent-encode it from UTF-8."
BLANKS = b" \t"  # no part of a field's value (RFC 9110 section 5.5)
Fields = Sequence[tuple[bytes, bytes]]


def split_query(query: bytes, faults: list[Invalid]) -> dict[str, list[bytes]]:
    """The query as name → texts, by the rules of HTML forms; names that are not UTF-8 are faults."""
    given: dict[str, list[bytes]] = {}
    for pair in query.split(b"&"):
        if not pair:
            continue
        name, _, text = pair.partition(b"=")
        try:
            key = decode(name)
        except UnicodeDecodeError:
            faults.append(Invalid(NOT_UTF_8, parameter=name[:64].decode("ascii", "replace")))
            continue
        given.setdefault(key, []).append(text)
    return given


def listed(lines: Sequence[bytes]) -> Sequence[bytes]:
    """Field lines of one name as one (RFC 9110 section 5.3), without its empty items (section 5.6.1)."""
    items = (item.strip(BLANKS) for line in lines for item in line.split(b","))
    return [b",".join(item for item in items if item)]


def decode(text: bytes) -> str:
    if b"%" not in text and b"+" not in text:
        return text.decode("utf-8")
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")


def decode_segment(text: bytes) -> str:
    """Of a path, where a plus is one, and what is not UTF-8 names nothing."""
    return unquote_to_bytes(text).decode("utf-8", "replace") if b"%" in text else text.decode("utf-8")


def decode_field(text: bytes) -> str:
    return text.decode("latin-1")


def split_cookies(fields: Fields) -> dict[str, list[bytes]]:
    """The pairs of all Cookie fields (RFC 6265 section 4.2.1) as name → texts."""
    given: dict[str, list[bytes]] = {}
    for line in (value for name, value in fields if name == b"cookie"):
        for pair in line.split(b";"):
            name, _, text = pair.strip(BLANKS).partition(b"=")
            given.setdefault(decode_segment(name), []).append(text)
    return given
