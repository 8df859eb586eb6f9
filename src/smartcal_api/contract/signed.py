"""How deliveries are signed, told by a document alone: for whoever sends them, and for whoever verifies them."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.policy import WebhookSignature

Header = Callable[[str], str]
"""Name, in lower case → the value that came, or nothing."""


def signature(
    stated: WebhookSignature, body: bytes, secret: str, *, identifier: str = "", timestamp: str | int = ""
) -> str:
    """The value of the header as a contract states it."""

    def filled(text: str) -> str:
        return text.replace("{id}", identifier).replace("{timestamp}", str(timestamp))

    before, _, after = stated.signed.partition("{body}")
    key = _octets(secret) if stated.key == "text" else _decoded(secret)
    digest = hmac.new(key, _octets(filled(before)) + body + _octets(filled(after)), hashlib.sha256).digest()
    shown = digest.hex() if stated.encoding == "hex" else b64encode(digest).decode()
    return filled(stated.prefix) + shown


@dataclass(frozen=True, slots=True)
class Signed:
    """`carried`: what `x-value` can name → the header that has it, in lower case."""

    stated: WebhookSignature
    carried: Mapping[str, str]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Signed":
        stated = {name: value for name, value in document["x-webhook-signature"].items() if not name.startswith("x-")}
        carried = {}
        for webhook in document.get("webhooks", {}).values():
            for parameter in webhook["post"].get("parameters", ()):
                found = _followed(document, parameter)
                if "x-value" in found:
                    carried[found["x-value"]] = found["name"].lower()
        return cls(WebhookSignature(**stated), carried)

    def due(self, body: bytes, header: Header, secret: str) -> str:
        """The signature that a delivery should have, by the id and the time that it came with."""
        identifier, timestamp = (header(self.carried.get(each, "")) for each in ("delivery_id", "timestamp"))
        before, found, after = self.stated.prefix.partition("{timestamp}")
        given = header(self.stated.header.lower())
        if found and given.startswith(before):
            timestamp = given.removeprefix(before).partition(after or " ")[0]
        return signature(self.stated, body, secret, identifier=identifier, timestamp=timestamp)

    def is_right(self, body: bytes, header: Header, secret: str) -> bool:
        given = header(self.stated.header.lower())
        return hmac.compare_digest(_octets(self.due(body, header, secret)), _octets(given))


def _followed(document: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter, or what its reference leads to among the components."""
    name = str(value.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["parameters"][name] if name else value
    return found


def _decoded(secret: str) -> bytes:
    """What a secret says in base64, behind a prefix such as `whsec_`; one that says nothing so is its own text."""
    try:
        return b64decode(secret.partition("_")[2] or secret, validate=True)
    except Error:
        return _octets(secret)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
