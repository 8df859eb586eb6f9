"""A path that a contract hasn't: where the laws ask for one, none of its templates may be meant (law ERR 4)."""

import pytest

from smartcal_api.conformance.law import is_none, nowhere
from smartcal_api.contract import Contract
from tests.edits import edited
from tests.flows.test_documents_of_others import world_of


def contract(*paths: str) -> Contract:
    get = {"responses": {"200": {"description": "It."}}, "security": [{"key": []}]}
    items = {}
    for path in paths:
        names = [each[1:-1] for each in path.split("/") if each.startswith("{")]
        parameters = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]
        items[path] = {"parameters": parameters, "get": get}
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "components": {"securitySchemes": schemes}}
    return world_of({**document, "paths": items}).contract


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["/v1/a", "/v1/b/{id}"], "/v1/nothing"),
        (["/pets", "/pets/{id}"], "/nothing"),
        (["/pets/{id}", "/pets/{id}/toys"], "/nothing"),
        (["/{any}", "/pets/{id}"], "/nothing" * 12),
    ],
)
def test_err_4_the_path_that_is_asked_for_is_none(paths: list[str], found: str) -> None:
    told = contract(*paths)
    assert nowhere(told) == found
    assert is_none(told, found)


def test_err_4_of_the_product_it_is_beside_its_lists() -> None:
    assert nowhere(edited()) == "/api/v1/nothing"
