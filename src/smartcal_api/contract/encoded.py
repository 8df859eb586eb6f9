"""Texts inside of other texts: percent-encoded (RFC 3986), in a form, escaped, in the base64 of HTTP Basic (RFC 7617).

What hides secrets in a plain text hides them in these as well, whichever characters were encoded, and how often.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import islice
from string import ascii_letters, digits, punctuation
from urllib.parse import quote, unquote

Hide = Callable[[str], str]
_RUN = re.compile(r"\S+")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|\+")
# A quoted text of JSON, or of Python in a message; a control character is left as it is.
_ESCAPE = re.compile(r"""\\(?:u([0-9A-Fa-f]{4})|(["'/\\]))""")
# What can be base64 of visible ASCII, whose bytes have no high bit: of each four characters the first three are of half
# of the alphabet or less. It may stand behind anything; a separator, of which its alphabets have four, may end it.
# Looking behind comes second, so that most places are passed over by their first character.
_FIRST, _REST = "[I-Za-f]", "[A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_BASE64 = re.compile(
    f"{_FIRST}(?<![A-Za-z0-9].){_REST}(?:{_FIRST}{_REST}){{1,1023}}[A-Za-z0-9+/_-]{{0,3}}={{0,2}}", re.DOTALL
)
_SEPARATOR = re.compile("[+/_-]")
_STANDARD = str.maketrans("-_", "+/")
_VISIBLE = ascii_letters + digits + punctuation.replace("%", "")
# An address inside of an address inside of an address is encoded so often.
_DEPTH = 3
# Of so many endings it is tried which is the one.
_ENDINGS = 8


def everywhere(hide: Hide, mask: str) -> Hide:
    """What hides secrets in any text: as `hide` does, and what is encoded too. A run of characters with a secret in it
    is shown decoded, as far as it can be; base64 is replaced by the mask."""

    def hidden(text: str, depth: int = _DEPTH) -> str:
        if "\\" in text:
            plain = _ESCAPE.sub(_character, text)
            shown = hide(plain)
            text = shown if shown != plain else text
        if depth and ("%" in text or "+" in text):
            # Before anything else: of a secret that is encoded in part, `hide` would see a part.
            text = _RUN.sub(lambda run: decoded(run[0], depth - 1), text)
        return _BASE64.sub(opened, hide(text))

    def decoded(run: str, depth: int) -> str:
        if _ENCODED.search(run) is None:
            return run
        for plain in dict.fromkeys((unquote(run), unquote(run.replace("+", " ")))):
            shown = hidden(plain, depth) if plain != run else plain
            if shown != plain:
                return quote(shown, safe=_VISIBLE, errors="replace")
        return run

    def opened(found: re.Match[str]) -> str:
        texts = filter(None, map(_basic, _endings(found[0])))
        return mask if any(hide(each) != each for text in texts for each in _plain(text)) else found[0]

    return hidden


def _character(escape: re.Match[str]) -> str:
    said = chr(int(escape[1], 16)) if escape[1] else escape[2]
    return said if said.isprintable() else escape[0]


def _endings(run: str) -> Iterator[str]:
    yield run
    for place in islice(_SEPARATOR.finditer(run), _ENDINGS):
        yield run[: place.start()]


def _basic(text: str) -> str | None:
    """What a text says in base64 of either alphabet, padded or not; None where that is not visible ASCII."""
    letters = text.rstrip("=").translate(_STANDARD)
    try:
        said = b64decode(letters + "=" * (-len(letters) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return said if said.isprintable() else None


def _plain(text: str) -> Iterator[str]:
    """A user-id and password, both of which may be form-encoded (RFC 6749 section 2.3.1)."""
    yield text
    if "%" in text or "+" in text:
        yield unquote(text)
        yield unquote(text.replace("+", " "))
