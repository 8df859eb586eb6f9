"""What of a response is of the message, and no data that a contract can state."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.contract.document import escape

# Fields that tell how a message is sent, which only who sends it can say (RFC 9110 and 9112); Content-Type is stated by
# `content` (OpenAPI 3.1, Response Object).
_OF_THE_MESSAGE = frozenset(
    {
        "connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "proxy-authenticate",
        "proxy-authentication-info", "proxy-authorization", "proxy-connection", "server", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip


def is_of_the_message(name: str) -> bool:
    """Whether a header of a response is nothing that a contract can fill in, and ignored."""
    return name.lower() in _OF_THE_MESSAGE or name.lower().startswith("access-control-")


def message_headers(document: Mapping[str, Any]) -> Iterator[str]:
    """The pointers of such headers, for those who wonder what becomes of them."""
    holders = {"/components/responses": document["components"].get("responses", {})}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict):
                holders[f"/paths/{escape(path)}/{method}/responses"] = operation.get("responses", {})
    for at, responses in holders.items():
        for status, response in responses.items():
            for name in response.get("headers", {}) if isinstance(response, dict) else ():
                if is_of_the_message(name):
                    yield f"{at}/{escape(status)}/headers/{escape(name)}"
