"""The contract is valid OpenAPI 3.1, judged from outside."""

import copy

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from smartcal_api.contract import Contract


def test_openapi_spec_validator_finds_the_contract_valid(contract: Contract) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(dict(contract.data)).iter_errors()] == []


def test_openapi_spec_validator_would_find_a_fault(contract: Contract) -> None:
    broken = copy.deepcopy(dict(contract.data))
    del broken["paths"]["/api/v1/events/{event_id}"]["parameters"]
    with pytest.raises(OpenAPIValidationError):
        validate(broken)
    del broken["info"]["title"]
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())
