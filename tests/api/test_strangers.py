"""Documents as strangers write them, each with habits of its own: create, list, read, change, delete and gone (SRC 3).

What is sent comes from a client that was given the document's server, its path with it, and a key as it wants one.
"""

import json
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from smartcal_api.contract import Contract
from smartcal_api.http.enter import Enter
from tests.wire import Reply, World, open_world

HERE = Path(__file__).parent / "documents"
KEY = "scp_of_a_stranger"
BASIC = {"Authorization": f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"}
BEARER, COOKIE = {"Authorization": f"Bearer {KEY}"}, {"Cookie": f"SESSIONID={KEY}"}
PHOTO = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG'
    b'\r\n--x\r\nContent-Disposition: form-data; name="caption"\r\n\r\nDune\r\n--x--\r\n'
)


class Client:
    def __init__(self, document: str, headers: dict[str, str]) -> None:
        self.world: World = open_world(contract(document), data=False)
        scopes = {scope for held in self.world.contract.key_scopes.values() for scope in held}
        self.world.sandbox.keys.add(KEY, tuple(sorted(scopes)), owner=1)
        self._headers = headers

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Reply:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Content-Type": kind} if sent else {})
        return self.world.request(method, path, body=sent, headers=headers)


@cache
def contract(document: str) -> Contract:
    return Contract.read(HERE / document)


class Life(NamedTuple):
    """`at` leads to the resource in an answer, and `listed` to those in a list, asked with `query`."""

    document: str
    headers: dict[str, str]
    path: str
    sent: Any
    identity: str
    change: tuple[str, Any, str]
    at: tuple[str, ...] = ()
    listed: tuple[str, ...] | None = ()
    query: str = ""


JSON, MERGE, FORM = "application/json", "application/merge-patch+json", "multipart/form-data; boundary=x"
LIVES = {
    "envelope of a list, basic, nullable, a status in allOf": Life(
        "clinic.yaml", BASIC, "/api/v3/patients", {"full_name": "Ann", "birth_date": None}, "patient_id",
        ("PATCH", {"status": "discharged"}, JSON), listed=("results",), query="?page_size=50"),
    "allOf envelope, oneOf by a discriminator, cookie": Life(
        "shop.yaml", COOKIE, "/shop/v1/products", {"kind": "book", "name": "Dune", "isbn": "1"}, "id",
        ("PATCH", {"price": 3}, MERGE), at=("data",), listed=("data",), query="?limit=50"),
    "inline envelopes on both sides, no list, clientCredentials": Life(
        "devices.yaml", BEARER, "/api/devices", {"device": {"serialNumber": "S1"}}, "deviceId",
        ("PUT", {"device": {"serialNumber": "S2", "state": "offline"}}, JSON), at=("device",), listed=None),
    "several media types, numbered enums, a smaller schema to create by": Life(
        "blog.json", BEARER, "/api/Posts", {"title": "Hi", "kind": 1}, "id", ("PATCH", {"content": "x"}, JSON)),
}  # fmt: skip


def inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


@pytest.mark.parametrize("name", LIVES)
def test_src_3_a_strangers_resource_is_made_listed_read_changed_deleted_and_gone(name: str) -> None:
    life = LIVES[name]
    client = Client(life.document, life.headers)
    made = client.send("POST", life.path, life.sent)
    assert made.status in (200, 201), made.body
    resource = inside(made.json, life.at)
    assert inside(life.sent, life.at if life.document == "devices.yaml" else ()).items() <= resource.items()
    one = f"{life.path}/{resource[life.identity]}"
    assert made.headers["location"].endswith(one), "the path of the server is part of it"
    assert client.send("GET", one).json == made.json
    if life.listed is not None:
        assert resource in inside(client.send("GET", life.path + life.query).json, life.listed)
    method, change, kind = life.change
    assert client.send(method, one, change, kind).status in (200, 204)
    changed = inside(client.send("GET", one).json, life.at)
    assert inside(change, life.at if method == "PUT" else ()).items() <= changed.items()
    assert changed[life.identity] == resource[life.identity]
    assert client.send("DELETE", one).status in (200, 202, 204)
    assert client.send("GET", one).status == 404
    assert client.world.request("GET", one).status == 401


def test_src_3_a_member_is_selected_by_whatever_says_its_type() -> None:
    """`status` is an enum within `allOf`, `kind` the const of a branch."""
    found = Client("clinic.yaml", BASIC).send("GET", "/patients?status=discharged").json["results"]
    assert {each["status"] for each in found} == {"discharged"}
    found = Client("shop.yaml", COOKIE).send("GET", "/products?kind=book").json["data"]
    assert {each["kind"] for each in found} == {"book"}


def test_src_3_an_upload_makes_a_resource_of_what_is_its_data() -> None:
    client = Client("shop.yaml", COOKIE)
    product = client.send("POST", "/products", {"kind": "book", "name": "Dune", "isbn": "1"}).json["data"]["id"]
    photo = client.send("POST", f"/products/{product}/photos", PHOTO, FORM).json
    assert photo.keys() == {"photoId", "caption"}
    assert client.send("GET", f"/products/{product}/photos/{photo['photoId']}").json == photo


def test_src_3_a_list_beneath_something_is_of_what_has_a_shorter_path_of_its_own() -> None:
    client = Client("blog.json", BEARER)
    post = client.send("POST", "/api/Posts", {"title": "Hi"}).json["id"]
    comment = client.send("POST", f"/api/Posts/{post}/Comments", {"body": "ok"}).json
    one = f"/api/Comments/{comment['commentId']}"
    assert (comment["postId"], client.send("GET", one).json) == (post, comment)
    assert client.send("GET", f"/api/Posts/{post}/Comments").json == [comment]
    assert client.send("DELETE", one).status == 204
    assert client.send("GET", f"/api/Posts/{post}/Comments").json == []
    gone = client.send("GET", one)
    assert (gone.status, "GET /api/Posts/{postId}/Comments lists" in gone.json["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/patients", 200),
        ("/api/v3/patients", 200),
        ("/api/v3/api/v3/patients", 404),
        ("/api/v3", 404),
        ("/api/v33/patients", 404),
        ("/api/v%33/patients", 404),
    ],
)
def test_src_4_every_path_is_served_below_that_of_a_server_too(path: str, status: int) -> None:
    client = Client("clinic.yaml", BASIC)
    reply = client.send("GET", path)
    assert reply.status == status
    if status == 404:
        assert reply.json["instance"] == path


def test_src_4_our_own_paths_are_entered_without_a_look_for_those_of_servers() -> None:
    assert Enter(None, registry=None)._prefixes == ("/~", "/.well-known/")  # type: ignore[arg-type]
