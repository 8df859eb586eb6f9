"""The paths of servers, below which everything is served, too (law SRC 4)."""

from typing import Any

import pytest

from smartcal_api.contract.servers import bases

VERSION = {"version": {"default": "v2", "enum": ["v1", "v2"]}}


@pytest.mark.parametrize(
    ("servers", "paths", "found"),
    [
        (
            [{"url": "https://a.example/v1/"}, {"url": "/api/v1"}, {"url": "http://b"}],
            ["/x"],
            ("/api/v1", "/v1"),
        ),
        ([{"url": "https://a.example/{version}", "variables": VERSION}], ["/x"], ("/v1", "/v2")),
        ([{"url": "{scheme}://a.example:{port}/v1"}], ["/x"], ("/v1",)),
        ([{"url": "/{tenant}/api"}], ["/x"], ()),
        ([{"url": "/v1"}], ["/v1/x"], ()),
        ([{"url": "/v1"}], ["/{anything}/x"], ()),
        ([{"url": "/~main"}, {"url": "/_sandbox"}, {"url": "/.well-known"}, {"url": "/a b"}], ["/x"], ()),
        ([{"url": "http://[broken/v1"}, {"url": 7}, "none", {}], ["/x"], ()),
        (None, ["/x"], ()),
    ],
)
def test_src_4_a_base_is_the_path_of_a_server_that_no_path_begins_with(
    servers: Any, paths: list[str], found: tuple[str, ...]
) -> None:
    assert bases({"servers": servers, "paths": {each: {} for each in paths}}) == found
