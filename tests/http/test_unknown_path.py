"""A 404 says which slip it was, of those that are made most, and where the contract is (law ERR 4)."""

import pytest

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane

ROOT = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    opened = open_plane(contract)
    opened.create(name="mine")
    return opened


def detail(plane: Plane, path: str) -> str:
    reply = (plane if path.startswith("/_sandbox") else plane.world).get(path)
    assert (reply.status, reply.code) == (404, "not_found")
    return str(reply.json["detail"])


@pytest.mark.parametrize("prefix", ["", "/~mine"])
@pytest.mark.parametrize(
    ("path", "meant", "slips"),
    [
        ("/api/v1/api/v1/bookings", "/api/v1/bookings", ["twice", "SMARTCAL_BASE_URL"]),
        ("/api/v1/api/v1/api/v1/events/evt_1", "/api/v1/events/evt_1", ["twice"]),
        ("/api/v1/bookings/", "/api/v1/bookings", ["ends in a slash"]),
        ("/api/v1/events/evt_1/", "/api/v1/events/evt_1", ["ends in a slash"]),
        ("/bookings", "/api/v1/bookings", ["/api/v1 is missing"]),
        ("/bookings/bkg_1/cancel/", "/api/v1/bookings/bkg_1/cancel", ["ends in a slash", "/api/v1 is missing"]),
        ("/api/v1//bookings", "/api/v1/bookings", ["two slashes in a row"]),
        ("/api/v1/oauth/token", "/oauth/token", ["isn't below /api/v1"]),
    ],
)
def test_a_404_names_the_slips_and_the_path_that_was_meant(
    plane: Plane, prefix: str, path: str, meant: str, slips: list[str]
) -> None:
    said = detail(plane, prefix + path)
    assert said.endswith(f"Ask for {ROOT}{prefix}{meant}.")
    assert [slip for slip in slips if slip not in said] == []


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/v1/event", "/api/v1/events"),
        ("/api/v1/Events", "/api/v1/events"),
        ("/booking", "/api/v1/bookings"),
        ("/api/v1/bookings/bkg_1/cancle", "/api/v1/bookings/bkg_1/cancel"),
        ("/_sandbox/_sandbox/health", "/_sandbox/health"),
        ("/_sandbox/sandboxes/mine/jurnal", "/_sandbox/sandboxes/mine/journal"),
    ],
)
def test_a_404_names_the_path_that_is_much_like_it(plane: Plane, path: str, meant: str) -> None:
    assert f"{ROOT}{meant}" in detail(plane, path)


@pytest.mark.parametrize(
    "path", ["/api/v1/unheard/of", "/" + "a/" * 4000, "/api/v1/" + "x" * 5000, "/api/v1//", "/%00"]
)
def test_any_other_404_says_where_the_contract_is(plane: Plane, path: str) -> None:
    assert detail(plane, path).startswith(f"There is nothing at this path. The contract is at {ROOT}/openapi.json: ")


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/.well-known/openid-configuration", ROOT),
        ("/.well-known/openid-configuration/~mine", f"{ROOT}/~mine"),
        ("/~mine/.well-known/openid-configuration", f"{ROOT}/~mine"),
    ],
)
def test_who_asks_for_openid_is_told_that_this_is_oauth(plane: Plane, path: str, root: str) -> None:
    said = detail(plane, path)
    assert "OAuth 2.0, not OpenID Connect" in said
    assert f"{root}/.well-known/oauth-authorization-server." in said
