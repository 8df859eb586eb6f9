"""Judges deliveries by the contract's `webhooks:` with openapi-core, which shares no code with the server."""

import json
from functools import cache
from typing import Any

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers

from smartcal_api.contract import Contract
from smartcal_api.webhooks.receiver import Received


class Delivery:
    """A delivery as openapi-core wants to see a webhook request."""

    method = "post"
    host_url = path = ""

    def __init__(self, received: Received) -> None:
        self.name = str(received.type)
        self.body = received.body
        self.content_type = received.headers.get("content-type", "")
        self.parameters = RequestParameters(header=Headers(list(received.headers.items())))


def assert_valid(received: Received) -> None:
    """Raises what openapi-core raises where a delivery is not what the contract says."""
    _contract().validate_webhook_request(Delivery(received))


@cache
def _contract() -> OpenAPI:
    data: Any = json.loads(json.dumps(Contract.read().data, default=str))
    return OpenAPI.from_dict(data)
