"""A sandbox is an issuer with a path, found as RFC 8414 section 3.1 has it; who errs is told what there is."""

from typing import Any

import pytest
from authlib.oauth2.rfc8414 import get_well_known_url

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane
from tests.flows.oauth import FORM, TOKEN

ROOT = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    opened = open_plane(contract)
    for name in ("mine", "other"):
        opened.create(name=name)
    return opened


@pytest.mark.parametrize("name", ["mine", "other"])
def test_the_metadata_of_a_sandbox_is_where_its_issuer_says_that_it_is(plane: Plane, name: str) -> None:
    issuer = f"{ROOT}/~{name}"
    inserted = get_well_known_url(issuer, external=True).removeprefix(ROOT)
    assert inserted == f"/.well-known/oauth-authorization-server/~{name}"
    stated = [plane.get(path).json for path in (inserted, f"/~{name}/.well-known/oauth-authorization-server")]
    assert stated[0] == stated[1]
    assert stated[0]["issuer"] == issuer
    assert stated[0]["token_endpoint"] == f"{issuer}{TOKEN}"


def test_it_is_a_request_of_that_sandbox_in_journal_and_curl(plane: Plane) -> None:
    plane.get("/.well-known/oauth-authorization-server/~mine")
    (*_, entry) = plane.get("/sandboxes/mine/journal").json["data"]
    assert (entry["path"], entry["operation"]) == (
        "/.well-known/oauth-authorization-server",
        "getAuthorizationServerMetadata",
    )
    assert f"{ROOT}/~mine/.well-known/oauth-authorization-server" in entry["curl"]


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/~nobody",
        "/.well-known/oauth-authorization-server/mine",
        "/.well-known/oauth-authorization-server/~mine/more",
        "/.well-known/~mine",
        "/.well-known/unheard-of/~mine",
    ],
)
def test_no_other_path_is_one_of_it(plane: Plane, path: str) -> None:
    assert plane.get(path).status == 404


@pytest.mark.parametrize(
    ("prefix", "sent", "meant"),
    [
        ("/~mine", "demo_app", "demo_app.mine"),
        ("/~mine", "demo_public", "demo_public.mine"),
        ("/~mine", "demo_app.other", "demo_app.mine"),
        ("/~mine", "demo_ap.mine", "demo_app.mine"),
    ],
)
def test_a_client_that_the_sandbox_lacks_is_refused_with_the_one_that_there_is(
    plane: Plane, prefix: str, sent: str, meant: str
) -> None:
    body = f"grant_type=refresh_token&refresh_token=x&client_id={sent}&client_secret=scs_demo_app".encode()
    refused: Any = plane.post(prefix + TOKEN, body, media_type=FORM)
    page = plane.get(f"{prefix}/oauth/authorize?client_id={sent}&response_type=code")
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    for said in (refused.json["error_description"], page.body.decode()):
        assert f"did you mean {meant}?" in said
        assert "demo_app.mine, demo_docs.mine, demo_public.mine" in said


def test_what_is_like_no_client_isn_t_quoted_but_those_that_there_are_are_listed(plane: Plane) -> None:
    body = b"grant_type=refresh_token&refresh_token=x&client_id=scs_a_secret_here&client_secret=x"
    said = plane.post(f"/~mine{TOKEN}", body, media_type=FORM).json["error_description"]
    assert "scs_a_secret_here" not in said
    assert said.startswith("This sandbox has no client of this client_id. It has demo_app.mine, demo_docs.mine, demo_")
