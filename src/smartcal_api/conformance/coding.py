"""Content codings: what a body was before it was coded for its way (RFC 9110 section 8.4)."""

import sys
import zlib
from collections.abc import Callable, Iterable, Mapping

import brotli

from smartcal_api.errors import SmartCalError

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

LARGEST = 67_108_864
"""Bytes that a body may have when it is decoded: a small one can claim to be any number of gigabytes."""
_RAW, _ZLIB, _GZIP = -zlib.MAX_WBITS, zlib.MAX_WBITS, 16 + zlib.MAX_WBITS


class Undecodable(SmartCalError):
    """The message says what the coding is, and what is the matter."""


def decoded(headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """The body without its content codings; raises `Undecodable`."""
    given = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [each.strip().lower() for each in given.split(",") if each.strip()]
    for coding in reversed(codings if body else []):
        if coding not in _DECODERS:
            raise Undecodable(f"the content coding {coding[:40]!r} is unknown here")
        try:
            body = _DECODERS[coding](body)
        except (zlib.error, brotli.error, ZstdError, EOFError):
            raise Undecodable(f"the body isn't what the content coding {coding} makes") from None
        if len(body) > LARGEST:
            raise Undecodable(f"the body is larger than {LARGEST} bytes without its content coding {coding}")
    return body


def _gzip(body: bytes) -> bytes:
    """One member or several, one after the other (RFC 1952 section 2.2)."""
    whole = b""
    while body and len(whole) <= LARGEST:
        part, body = _inflated(body, _GZIP)
        whole += part
    return whole


def _deflate(body: bytes) -> bytes:
    """With the frame that it ought to have, or without, as some servers send it."""
    try:
        return _inflated(body, _ZLIB)[0]
    except zlib.error:
        return _inflated(body, _RAW)[0]


def _inflated(body: bytes, form: int) -> tuple[bytes, bytes]:
    stream = zlib.decompressobj(form)
    whole = stream.decompress(body, LARGEST + 1)
    if not stream.eof and len(whole) <= LARGEST:
        raise EOFError
    return whole, stream.unused_data


def _brotli(body: bytes) -> bytes:
    stream = brotli.Decompressor()
    whole: bytes = stream.process(body, output_buffer_limit=LARGEST + 1)
    if not stream.is_finished() and len(whole) <= LARGEST:
        raise EOFError
    return whole


def _zstd(body: bytes) -> bytes:
    stream = ZstdDecompressor()
    whole: bytes = stream.decompress(body, LARGEST + 1)
    if not stream.eof and len(whole) <= LARGEST:
        raise EOFError
    return whole


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": _brotli,
    "deflate": _deflate,
    "gzip": _gzip,
    "identity": bytes,
    "x-gzip": _gzip,
    "zstd": _zstd,
}
