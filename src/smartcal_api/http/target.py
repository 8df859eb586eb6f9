"""The forms that a request's target has besides a path (RFC 9112 section 3.2)."""

import re

# A host and a port (RFC 3986 section 3.2.2): an address in brackets, or a name; it may be empty (RFC 9110 section 7.2).
_HOST = re.compile(
    rb"""(?: \[ (?: [0-9A-Fa-f.]*:[0-9A-Fa-f:.]* | v[0-9A-Fa-f]+\.[A-Z0-9._~!$&'()*+,;=:-]+ ) \]
        | [A-Z0-9._~!$&'()*+,;=-]* (?: %[0-9A-F]{2} [A-Z0-9._~!$&'()*+,;=-]* )* ) (?: :[0-9]* )?""",
    re.IGNORECASE | re.VERBOSE,
)
_ABSOLUTE = re.compile(rb"https?://([^/?#]+)([^#]*)", re.IGNORECASE | re.DOTALL)

Fields = list[tuple[bytes, bytes]]


def is_host(value: bytes) -> bool:
    """Whether it can be the value of a Host field."""
    return _HOST.fullmatch(value) is not None


def split_origin(target: bytes) -> tuple[bytes, bytes]:
    """Path and query, without a fragment, which no client should send."""
    if b"#" in target:
        target = target.partition(b"#")[0]
    path, _, query = target.partition(b"?")
    return path, query


def split_absolute(target: bytes, method: bytes) -> tuple[bytes, bytes]:
    """The authority and the origin-form of an absolute one; raises `ValueError` for any other that names no host."""
    match = _ABSOLUTE.match(target)
    if match is None:
        raise ValueError("Invalid request target")
    authority, rest = match.groups()
    if not rest:
        return authority, b"*" if method == b"OPTIONS" else b"/"
    return authority, rest if rest.startswith(b"/") else b"/" + rest


def addressed(fields: Fields, authority: bytes, *, version: str) -> Fields:
    """The fields with the target's authority as their Host (section 3.2.2), but where that is wrong and to be refused:
    it is asked for once, of HTTP/1.1, whatever the target is."""
    if version == "1.0" and all(name != b"host" for name, _ in fields):
        return [*fields, (b"host", authority)]
    return [(name, authority if name == b"host" and is_host(value) else value) for name, value in fields]
