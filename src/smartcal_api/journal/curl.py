"""A command that repeats a request, with `$SMARTCAL_KEY` where its credential was."""

from shlex import quote

from smartcal_api.journal.entry import Entry
from smartcal_api.journal.masks import SCHEMES, Masks, essence

_KEY = "$SMARTCAL_KEY"
# What curl says by itself, or what is only of one connection.
_ITS_OWN = frozenset(
    {b"host", b"content-length", b"connection", b"keep-alive", b"user-agent", b"accept-encoding", b"transfer-encoding"}
)


def curl(entry: Entry, masks: Masks, *, root: str) -> str:
    """`root` is where the server is, without the path; everything that was sent is quoted for a POSIX shell."""
    words = ["curl", "--globoff", "--path-as-is"]
    if entry.method == "HEAD":
        words.append("--head")
    elif entry.method != "GET" or entry.received:
        words += ["-X", quote(entry.method)]
    for name, value in entry.request_headers:
        if name not in _ITS_OWN and (name, value) != (b"accept", b"*/*"):
            words += ["-H", _header(name, value, masks)]
    body = masks.body(entry.received, essence(entry.header(b"content-type"))) if entry.received else None
    if body is not None:
        if not entry.header(b"content-type"):
            words += ["-H", quote("content-type:")]  # or curl would make a form of it
        words += ["--data-raw", quote(body)]
    words.append(quote(root + masks.target(entry.path, entry.query)))
    return " ".join(words)


def _header(name: bytes, value: bytes, masks: Masks) -> str:
    shown = name.decode("latin-1")
    if name == b"authorization":
        scheme = value.decode("latin-1").partition(" ")[0]
        # The scheme is one of a few words, so that it may stand in double quotes, where the shell puts the key in.
        return f'"{shown}: {scheme} {_KEY}"' if scheme.lower() in SCHEMES else f'"{shown}: {_KEY}"'
    if name in masks.key_headers:
        return f'"{shown}: {_KEY}"'
    text = masks.header(name, value)
    return quote(f"{shown}: {text}" if text else f"{shown};")  # curl takes `name:` for leaving it out
