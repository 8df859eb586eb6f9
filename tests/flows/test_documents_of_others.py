"""Documents that others have written are served as they are: what they leave out has defaults (laws SRC 2, SRC 4)."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.api.unmockable import read_servable
from smartcal_api.contract import Contract, Document
from smartcal_api.contract.check_members import TOP
from smartcal_api.errors import ContractError
from tests.e2e.server import run
from tests.edits import drop, edited
from tests.wire import Reply, World, open_world

DOCUMENTS = Path(__file__).parents[1] / "documents"


def world_of(document: Any, *, draft: bool = False) -> World:
    return open_world(Contract(Document(Path("others.yaml"), json.dumps(document).encode()), draft=draft), data=False)


@pytest.fixture(scope="module")
def pets() -> World:
    world = open_world(read_servable(DOCUMENTS / "petstore.yaml"), data=False)
    for name, scopes in world.contract.key_scopes.items():
        world.sandbox.keys.add(f"key_{name.replace(':', '_')}", scopes, owner=1)
    return world


def test_src_4_a_document_of_3_0_says_what_was_made_of_it(pets: World) -> None:
    contract = pets.contract
    told = "\n".join(contract.reading_told)
    assert "read as OpenAPI 3.1, which 3.0.4 is upgraded to: 4 schemas" in told
    assert f"policy {len(TOP)} of {len(TOP)} x- members are defaults" in told
    assert "3 operations without an operationId" in told
    assert {*contract.operations} == {"listPets", "post_pets", "get_pets_petId", "delete_pets_petId"}
    assert "/components/schemas/NewPet/xml" in {each.pointer for each in contract.idle}
    assert contract.key_scopes == {"write:pets": ("write:pets",)}


def test_src_2_nullable_and_exclusive_bounds_of_3_0_are_what_they_say(pets: World) -> None:
    assert pets.get("/pets?limit=1").status == 200
    refused = pets.get("/pets?limit=0")
    assert (refused.status, refused.json["code"].__class__) == (400, int)  # in the words of its `default`
    made = pets.post("/pets?api_key=key_write_pets", {"name": "Rex", "tag": None, "weight": 0.5})
    assert made.status == 201, made.body
    assert pets.post("/pets?api_key=key_write_pets", {"name": "Rex", "weight": 0}).status == 400


def test_src_2_default_and_ranges_of_statuses_are_answered(pets: World) -> None:
    made = pets.post("/pets?api_key=key_write_pets", {"name": "Rex"}).json
    pet = pets.get(f"/pets/{made['id']}")
    assert (pet.status, pet.json["name"]) == (200, "Rex")
    for refused in (pets.post("/pets", {"name": "Rex"}), pets.post("/pets?api_key=none", {"name": "Rex"})):
        assert refused.status == 401
        assert {"code", "message"} == refused.json.keys()


def test_auth_1_a_key_comes_as_the_document_says_and_may_be_left_out_where_it_may(pets: World) -> None:
    rex = {"name": "Rex"}
    assert pets.post("/pets", rex, key="key_write_pets").status == 201  # in place of a token, for there is no flow
    assert pets.get("/pets?api_key=key_write_pets").status == 200
    made = pets.post("/pets?api_key=key_write_pets", rex).json
    assert pets.request("DELETE", f"/pets/{made['id']}").status == 204


@pytest.fixture(scope="module")
def orchard() -> World:
    return open_world(read_servable(DOCUMENTS / "orchard.yaml"), data=False)


def test_src_4_much_of_3_2_and_of_json_schema_in_two_files_is_served(orchard: World) -> None:
    assert orchard.contract.unserved == {}
    found = orchard.request("QUERY", "/trees", body=b'{"row":1}', headers={"Content-Type": "application/json"})
    assert (found.status, found.json[0].keys() >= {"id", "fruit"}) == (200, True)
    assert orchard.request("QUERY", "/trees", body=b"{}", headers={"Content-Type": "application/json"}).status == 400
    assert orchard.get("/trees/7", headers={"Cookie": "session=a"}).json["fruit"]["kind"]
    assert orchard.request("LINK", "/trees/7").status == 204
    allowed = orchard.request("DELETE", "/trees/7")
    assert (allowed.status, allowed.headers["allow"]) == (405, "GET, HEAD, LINK")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/pick/;row=1;side=left/.1,2", 200),
        ("/pick/;row=x;side=left/.1,2", 404),
        ("/pick/;row=1/.1.x", 404),
        ("/pick/;row=1/.1?where[row]=2&where[side]=left", 200),
        ("/pick/;row=1/.1?where[row]=2&where[side]=up", 400),
        ("/pick/;row=1/.1?where%5Brow%5D=2&sizes=1|2", 200),
        ("/pick/;row=1/.1?sizes=1%7Cx", 400),
        ("/pick/;row=1/.1?near=%7B%22row%22:1%7D", 200),
        ("/pick/;row=1/.1?near=%7B%22row%22:%22x%22%7D", 400),
        ("/pick/;row=1/.1?near=none", 400),
        ("/pick/;row=1/.1?nowhere=1", 400),
    ],
)
def test_src_2_a_parameter_is_read_in_its_style(orchard: World, path: str, status: int) -> None:
    reply = orchard.get(path, headers={"X-Box": "depth,3"})
    assert reply.status == status, reply.body
    if status == 200:
        assert all(each.isdigit() for each in reply.headers.get("x-weights", "1").split(","))
    assert orchard.get(path, headers={"X-Box": "depth,deep"}).status == max(status, 400)


def _form(*parts: tuple[str, str]) -> bytes:
    told = (f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n" for head, text in parts)
    return "".join((*told, "--x--\r\n")).encode()


PHOTO = ('name="photo"; filename="a.png"\r\nContent-Type: image/png', "\u0089PNG")
ROW, PLACE = ('name="row"', "3"), ('name="place"\r\nContent-Type: application/json', '{"row":1}')


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("multipart/form-data; boundary=x", _form(PHOTO, ROW, PLACE, ('name="tags"', "a"), ('name="tags"', "b")), 200),
        ("multipart/form-data; boundary=x", _form(PHOTO, ('name="row"', "x")), 400),
        ("multipart/form-data; boundary=x", _form(PHOTO), 400),
        ("multipart/form-data; boundary=x", _form(PHOTO, ROW)[:-9], 400),
        ("multipart/form-data", _form(PHOTO, ROW), 400),
        ("image/png", b"\x89PNG\x00", 200),
        ("text/plain", b"short", 200),
        ("text/plain", b"longer", 400),
        ("application/x-www-form-urlencoded", b"row=3&tags=a&tags=b", 200),
        ("application/x-www-form-urlencoded", b"row=x", 400),
        ("application/json", b"{}", 415),
        ("image/png", b"", 400),
    ],
)
def test_src_2_a_body_is_read_in_its_media_type(orchard: World, media_type: str, body: bytes, status: int) -> None:
    reply = orchard.request("POST", "/photos", body=body, headers={"Content-Type": media_type})
    assert reply.status == status, reply.body


def test_src_3_values_one_after_the_other_are_told_as_events_and_as_lines(orchard: World) -> None:
    events = orchard.get("/growth", headers={"Accept": "text/event-stream"})
    assert (events.headers["content-type"], events.body[:6]) == ("text/event-stream", b"data: ")
    lines = orchard.get("/growth", headers={"Accept": "application/jsonl"}).body.splitlines()
    assert lines
    assert all("kind" in json.loads(line) for line in lines)


def test_src_4_what_is_refused_in_another_file_is_told_with_its_place_there(tmp_path: Path) -> None:
    for name in ("orchard.yaml", "orchard-parts.yaml"):
        (tmp_path / name).write_text((DOCUMENTS / name).read_text().replace("type: integer}", "type: intger}"))
    with pytest.raises(ContractError, match=r"orchard-parts.yaml:2: .*did you mean integer"):
        read_servable(tmp_path / "orchard.yaml")


MACHINES = {
    "openapi": "3.1.0",
    "info": {"title": "Machines", "version": "1"},
    "paths": {
        "/jobs": {"get": {"responses": {"200": {"description": "Jobs."}}, "security": [{"machine": ["jobs"]}]}},
        "/both": {"get": {"responses": {"200": {"description": "Both."}}, "security": [{"app": [], "user": []}]}},
        "/tls": {"get": {"responses": {"200": {"description": "Never."}}, "security": [{"tls": []}]}},
        "/basic": {"get": {"responses": {"200": {"description": "Basic."}}, "security": [{"tls": []}, {"basic": []}]}},
    },
    "components": {
        "securitySchemes": {
            "machine": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://id.example.com/oauth/token",
                        "scopes": {"jobs": "See jobs.", "more": "Do more."},
                    }
                },
            },
            "app": {"type": "apiKey", "in": "header", "name": "X-App"},
            "user": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "tls": {"type": "mutualTLS"},
            "basic": {"type": "http", "scheme": "basic"},
            "unused": {"type": "apiKey", "in": "body", "name": "X"},
        }
    },
}


@pytest.fixture(scope="module")
def machines() -> World:
    world = world_of(MACHINES, draft=True)
    world.sandbox.oauth.clients.add("app", (), secret="scs_of_an_app", name="App", development=True)
    world.sandbox.keys.add("key_of_all", world.contract.key_scopes["all"], owner=1)
    return world


def test_oauth_7_an_app_acts_for_itself_where_a_flow_lets_it(machines: World) -> None:
    assert any("POST /oauth/token" in each for each in machines.contract.reading_told)

    def ask(text: str, secret: str = "scs_of_an_app") -> Reply:
        form = f"grant_type=client_credentials&client_id=app&client_secret={secret}{text}".encode()
        return machines.request("POST", "/oauth/token", body=form, media_type="application/x-www-form-urlencoded")

    jobs, more = ask("&scope=jobs"), ask("&scope=more")
    assert (jobs.status, jobs.json["token_type"], "refresh_token" in jobs.json) == (200, "Bearer", False)
    assert [machines.get("/jobs", key=each.json["access_token"]).status for each in (jobs, more)] == [200, 403]
    assert (ask("&scope=none").json["error"], ask("", "wrong").json["error"]) == ("invalid_scope", "invalid_client")


def test_auth_1_credentials_that_are_wanted_at_once_are_all_wanted(machines: World) -> None:
    app, user = ("X-App", "key_of_all"), ("Cookie", "theme=dark; sid=key_of_all")
    assert machines.get("/both", headers=[app, user]).status == 200
    for some in ([], [app], [user], [app, ("Cookie", "sid=other")]):
        assert machines.get("/both", headers=some).status == 401
    basic = b64encode(b"me:key_of_all").decode()
    assert machines.get("/basic", headers={"Authorization": f"Basic {basic}"}).status == 200


def test_src_4_what_nobody_can_present_is_refused_and_what_is_not_used_only_told(machines: World) -> None:
    (finding,) = [each for _, each in machines.contract.unserved.values()]
    assert "certificate" in finding.message
    assert machines.get("/tls").status == 501
    assert [each.pointer for each in machines.contract.unused] == ["/components/securitySchemes/unused/in"]


def test_src_4_what_our_own_contract_leaves_out_is_told_in_a_line() -> None:
    told = edited(drop("/x-cors"), drop("/x-lifetimes")).reading_told
    assert told == ["policy defaults for x-lifetimes, x-cors (smartcal routes --defaults)"]
    assert edited().reading_told == []


def test_src_4_the_defaults_are_listed_and_can_be_copied(tmp_path: Path) -> None:
    listed = run("routes", "--defaults", "--spec", str(DOCUMENTS / "petstore.yaml"), folder=tmp_path).stdout
    whole = tmp_path / "whole.yaml"
    whole.write_text((DOCUMENTS / "petstore.yaml").read_text().replace("3.0.4", "3.1.0") + listed)
    assert {*Document.read(whole).data} >= {*TOP}
