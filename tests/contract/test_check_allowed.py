"""What OpenAPI and JSON Schema allow is taken, in whichever of its forms it is written (law SRC 4)."""

import copy
from typing import Any

import pytest

from smartcal_api.conformance.judge import Judge
from smartcal_api.contract import Contract
from smartcal_api.errors import ContractError
from tests.edits import Edit, edited, put
from tests.wire import open_world

EVENT = "#/paths/~1api~1v1~1events~1{}event_id{}/get/responses/200/content/application~1json/schema"


def answering(schema: Any, media_type: str = "application/json") -> Edit:
    """One more operation, at /api/v1/case."""

    def edit(data: Any) -> None:
        me = copy.deepcopy(data["paths"]["/api/v1/me"]["get"])
        me["responses"]["200"]["content"] = {media_type: {"schema": schema}}
        data["paths"]["/api/v1/case"] = {"get": {**me, "operationId": "getCase"}}

    return edit


def scheme(text: str) -> Edit:
    def edit(data: Any) -> None:
        for each in data["components"]["securitySchemes"].values():
            if each["type"] == "http":
                each["scheme"] = text

    return edit


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": EVENT.format("%7B", "%7D")},
        {"$ref": "#/components/sch%65mas/Account"},
        True,
        {"enum": [1, True]},
        {"enum": [0, False, "0", None]},
        {"enum": [[1], [True], {"a": 0}, {"a": False}]},
    ],
)
def test_src_4_a_schema_is_served_and_judged_in_whichever_form(schema: Any) -> None:
    contract = edited(answering(schema))
    world = open_world(contract)
    assert world.get("/api/v1/case", key=world.key("admin")).status == 200
    Judge(contract)


def test_src_4_true_is_a_schema_of_any_media_type() -> None:
    world = open_world(edited(answering(True, "text/csv")))
    reply = world.get("/api/v1/case", key=world.key("admin"))
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv")


@pytest.mark.parametrize("written", ["bearer", "Bearer", "BEARER"])
def test_src_4_the_case_of_an_http_scheme_does_not_matter(written: str) -> None:
    world = open_world(edited(scheme(written)))
    assert world.get("/api/v1/me", key=world.key("read")).status == 200


@pytest.mark.parametrize("values", [[1, 1], [1, 1.0], [True, True], [{"a": [1]}, {"a": [1.0]}]])
def test_src_4_what_is_equal_in_json_stands_twice(values: list[Any]) -> None:
    with pytest.raises(ContractError, match="name it once"):
        edited(answering({"enum": values}))


def test_the_shipped_contract_has_what_the_cases_refer_to(contract: Contract) -> None:
    assert contract.document.resolve(EVENT.format("%7B", "%7D")) == contract.document.resolve(EVENT.format("{", "}"))


def test_src_4_a_header_of_an_unrouted_response_may_say_nothing_of_its_values() -> None:
    edit = put("/x-unrouted-responses/500/headers/X-RateLimit-Limit", {"description": "How many."})
    assert edited(edit).operations
