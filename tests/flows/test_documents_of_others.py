"""Documents that others have written are served as they are: what they leave out has defaults (laws SRC 2, SRC 4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.api.unmockable import read_servable
from smartcal_api.contract import Contract, Document
from smartcal_api.contract.check_members import TOP
from tests.e2e.server import run
from tests.edits import drop, edited
from tests.wire import World, open_world

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
    assert {"/servers/0/variables", "/components/schemas/NewPet/xml"} <= {each.pointer for each in contract.idle}
    assert contract.key_scopes == {"write:pets": ("write:pets",)}


def test_src_2_nullable_and_exclusive_bounds_of_3_0_are_what_they_say(pets: World) -> None:
    assert pets.get("/pets?limit=1").status == 200
    refused = pets.get("/pets?limit=0")
    assert (refused.status, refused.json["code"].__class__) == (400, int)  # in the words of its `default`
    made = pets.post("/pets?api_key=key_write_pets", {"name": "Rex", "tag": None, "weight": 0.5})
    assert made.status == 201, made.body
    assert pets.post("/pets?api_key=key_write_pets", {"name": "Rex", "weight": 0}).status == 400


def test_src_2_default_and_ranges_of_statuses_are_answered(pets: World) -> None:
    pet = pets.get("/pets/7")
    assert (pet.status, {"id", "name"} <= pet.json.keys()) == (200, True)
    for refused in (pets.post("/pets", {"name": "Rex"}), pets.post("/pets?api_key=none", {"name": "Rex"})):
        assert refused.status == 401
        assert {"code", "message"} == refused.json.keys()


def test_auth_1_a_key_comes_as_the_document_says_and_may_be_left_out_where_it_may(pets: World) -> None:
    rex = {"name": "Rex"}
    assert pets.post("/pets", rex, key="key_write_pets").status == 201  # in place of a token, for there is no flow
    assert pets.get("/pets?api_key=key_write_pets").status == 200
    assert pets.request("DELETE", "/pets/7").status == 204


def test_src_4_what_our_own_contract_leaves_out_is_told_in_a_line() -> None:
    told = edited(drop("/x-cors"), drop("/x-lifetimes")).reading_told
    assert told == ["policy defaults for x-lifetimes, x-cors (smartcal routes --defaults)"]
    assert edited().reading_told == []


def test_src_4_the_defaults_are_listed_and_can_be_copied(tmp_path: Path) -> None:
    listed = run("routes", "--defaults", "--spec", str(DOCUMENTS / "petstore.yaml"), folder=tmp_path).stdout
    whole = tmp_path / "whole.yaml"
    whole.write_text((DOCUMENTS / "petstore.yaml").read_text().replace("3.0.4", "3.1.0") + listed)
    assert {*Document.read(whole).data} >= {*TOP}
