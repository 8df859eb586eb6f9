"""Law SBX 6: what is kept of a head is read back as the steps of the request saw it."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from smartcal_api.http.exchange import REQUEST
from smartcal_api.journal import RequestHead, write_request, write_response
from smartcal_api.journal.heads import read_request, read_response
from tests.http.connecting import connected, settled
from tests.http.test_cycle import LENGTH, answer, body, start

NAMES = st.from_regex(rb"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}", fullmatch=True).filter(
    lambda name: (
        name.lower() not in {b"host", b"content-length", b"transfer-encoding", b"connection", b"upgrade", b"expect"}
    )
)
# Any bytes that are no controls (RFC 9110 section 5.5), with no blanks around.
VALUES = st.binary(max_size=30).map(lambda text: bytes(byte for byte in text if byte >= 32 and byte != 127).strip())
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
TARGETS = st.builds(
    lambda root, path, query, fragment: root + path + query + fragment,
    st.sampled_from([b"", b"http://127.0.0.1:8080"]),
    st.from_regex(rb"/[a-z0-9/%._~:@-]{0,30}", fullmatch=True),
    st.from_regex(rb"(\?[a-z0-9/%._~:@?&=+-]{0,30})?", fullmatch=True),
    st.sampled_from([b"", b"#f"]),
)


def seen(*pieces: bytes) -> Scope:
    """The scope of a request that a server has read."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await send(start(LENGTH))
        await send(body(b"hi"))

    async def serve() -> None:
        with connected(app) as (protocol, _):
            for piece in filter(None, pieces):
                protocol.data_received(piece)
                await settled()

    asyncio.run(serve())
    return scopes[0]


@given(
    method=st.sampled_from(["GET", "HEAD", "DELETE", "OPTIONS", "QUERY"]),
    target=TARGETS,
    fields=FIELDS,
    padding=st.sampled_from([b"", b" ", b" \t "]),
    version=st.sampled_from([b"1.1", b"1.0"]),
    behind=st.sampled_from([b"", b"GET /next HTTP/1.1\r\nHost: other\r\n\r\n", b"nonsense"]),
)
def test_sbx_6_a_request_is_read_back_as_it_was_served(
    method: str, target: bytes, fields: list[tuple[bytes, bytes]], padding: bytes, version: bytes, behind: bytes
) -> None:
    lines = [b"%s %s HTTP/%s" % (method.encode(), target, version), b"Host: h"]
    lines += [name + b":" + padding + value + padding for name, value in fields]
    scope = seen(b"\r\n".join([*lines, b"", behind]))
    head = RequestHead(
        scope["method"], scope["raw_path"], scope["query_string"], scope["http_version"], scope["headers"]
    )
    assert read_request(scope[REQUEST]) == head
    assert read_request(write_request(head)) == head


@given(status=st.integers(100, 599), fields=FIELDS, small=st.booleans())
def test_sbx_6_an_answer_is_read_back_as_it_was_sent(
    status: int, fields: list[tuple[bytes, bytes]], small: bool
) -> None:
    if not small:
        fields = [*fields, (b"x-padding", b"p" * 2_000)]
    assert read_response(write_response(status, fields)) == (status, fields)
    done = answer(start(LENGTH, *fields, status=status), body(b"hi"))
    head = b"".join(done.written).removesuffix(b"hi")
    assert read_response(head) == (status, [LENGTH, *fields])
    assert done.given_back == [None, head if small else None]


def test_sbx_6_no_answer_is_read_back_as_none() -> None:
    assert read_response(write_response(0, [])) == (None, [])


# Of RTSP (RFC 2326) too, and without a version: the parser lets them in.
LINES = [
    b"DESCRIBE /a?b RTSP/1.0",
    b"PLAY /a RTSP/1.0",
    b"FLUSH /a",
    b"PRI /a",
    b"SOURCE /a ICE/1.0",
    b"GET /a",
    b"M-SEARCH * HTTP/1.1",
]


@pytest.mark.parametrize("line", LINES)
def test_sbx_6_whatever_the_parser_lets_in_can_be_read_back(line: bytes) -> None:
    for content in (b"", b"x"):
        request = b"%s\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s" % (line, len(content), content)
        for cut in (0, 9):
            scope = seen(request[:cut], request[cut:])
            head = RequestHead(
                scope["method"], scope["raw_path"], scope["query_string"], scope["http_version"], scope["headers"]
            )
            assert read_request(scope[REQUEST] or write_request(head)) == head


def test_sbx_6_a_head_larger_than_the_server_keeps_is_not_kept_by_the_journal() -> None:
    assert not seen(b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n" % (b"a" * 40_000))[REQUEST]
