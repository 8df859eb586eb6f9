"""Whatever was coded is what it was before; what claims to be and isn't is said to be so."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.conformance import coding
from smartcal_api.conformance.coding import Undecodable, ZstdDecompressor, decoded

if ZstdDecompressor.__module__.startswith("backports"):
    from backports import zstd
else:
    from compression import zstd


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:3]) + gzip.compress(body[3:]),
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}


@given(st.binary(max_size=2000), st.lists(st.sampled_from(sorted(CODINGS)), max_size=3))
@settings(max_examples=60)
def test_any_codings_one_upon_the_other_are_taken_off(body: bytes, names: list[str]) -> None:
    coded = body
    for name in names:
        coded = CODINGS[name](coded)
    for fields in ([("content-encoding", ", ".join(names))], [("Content-Encoding", name) for name in names]):
        assert decoded(fields, coded) == body


@pytest.mark.parametrize("name", sorted(CODINGS.keys() - {"identity"}))
def test_what_is_cut_or_something_else_can_not_be_decoded(name: str) -> None:
    coded = CODINGS[name](b"some text" * 50)
    for wrong in (coded[:-4], b"{}", b"\xff" * 40):
        with pytest.raises(Undecodable, match=name.lower()):
            decoded([("Content-Encoding", name)], wrong)
    assert decoded([("Content-Encoding", name)], b"") == b"", "nothing is coded as nothing, in answers to HEAD"
    with pytest.raises(Undecodable, match="'x' is unknown here"):
        decoded([("Content-Encoding", "x")], coded)


@pytest.mark.parametrize("name", sorted(CODINGS.keys() - {"identity"}))
def test_what_would_be_huge_is_left_as_it_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "LARGEST", 100_000)
    assert len(decoded([("Content-Encoding", name)], CODINGS[name](bytes(100_000)))) == 100_000
    with pytest.raises(Undecodable, match="larger than 100000 bytes"):
        decoded([("Content-Encoding", name)], CODINGS[name](bytes(100_001)))
