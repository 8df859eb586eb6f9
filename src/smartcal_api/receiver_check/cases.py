"""What a receiver is tried with, and whether it should take or refuse it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from smartcal_api.clock import NANOSECONDS, Clock
from smartcal_api.contract import Contract
from smartcal_api.contract.signed import signature
from smartcal_api.mock import ValueGenerator

# Larger than any delivery, and than what a receiver should read from somebody whom it doesn't know yet.
_OVERSIZED = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """One request. `take`: whether 2xx is right, or 4xx; `why`: what goes wrong in a receiver that does otherwise.

    `signature` is the value of the header; None: there is no such header.
    """

    name: str
    body: bytes
    signature: str | None
    take: bool
    why: str
    headers: tuple[tuple[str, str], ...] = ()
    """Those that its deliveries have beside the signature."""


def cases(contract: Contract, secret: str, *, seed: int = 0) -> Iterator[Case]:
    """Right ones first and last, so that a receiver that gave up in between is noticed."""
    right = _Right(contract, secret, seed=seed)
    for event_type in contract.data["webhooks"]:
        yield right.case(f"{event_type}, as the contract shows it", right.example(event_type), "it is a right delivery")
        made = right.generated(event_type)
        yield right.case(f"{event_type}, generated", made, "any values that the schema allows may come")
    first = next(iter(contract.data["webhooks"]))
    example = right.example(first)
    yield right.case("a duplicate", example, "a delivery is sent at least once; take it, and drop it by its id")
    older = {**right.generated(first, salt="older"), "created_at": "2001-01-01T00:00:00Z"}
    yield right.case("one out of order", older, "deliveries may overtake each other; compare updated_at")
    newer = right.generated(first, salt="newer")
    newer = {**newer, "new_member": 1, "data": {**newer["data"], "new_member": {"a": []}}}
    yield right.case("members that are new", newer, "the API may grow; ignore what you don't know")
    large = right.largest()
    if large is not None:
        yield right.case("the largest that may come", large, "raise the limit of the body")
    yield from _refused(orjson.dumps(right.generated(first, salt="refused")), secret, right)
    yield right.case("a right one after all that", right.generated(first, salt="last"), "it must still be there")


def _refused(body: bytes, secret: str, right: "_Right") -> Iterator[Case]:
    whole, prefix = right.signed(body), right.prefix
    code = whole.removeprefix(prefix)

    def wrong(name: str, header: str | None, why: str, *, sent: bytes = body) -> Case:
        return Case(name, sent, header, take=False, why=why, headers=right.headers)

    anybody = "anybody could send it"
    yield wrong("no signature", None, anybody)
    yield wrong("an empty signature", "", anybody)
    yield wrong("the prefix alone", prefix, anybody)
    yield wrong("another secret", right.signed(body, secret + "x"), anybody)
    yield wrong("an empty secret", right.signed(body, ""), "a secret that isn't set must refuse, not accept")
    yield wrong("the signature of another body", right.signed(b"{}"), anybody)
    tampered = body.replace(b'"id":"', b'"id":"x', 1)
    yield wrong("a tampered body", whole, "it was changed on its way", sent=tampered)
    yield wrong(
        "a body with a blank more", whole, "verify the raw bytes, not the JSON read and written", sent=body + b" "
    )
    spaced = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2)
    yield wrong("a body that was laid out anew", whole, "verify the raw bytes, not the JSON", sent=spaced)
    yield wrong("a digit changed", prefix + ("0" if code[0] != "0" else "1") + code[1:], anybody)
    yield wrong("a digit too few", whole[:-1], "compare the whole of it, not its beginning")
    yield wrong("a digit too many", whole + "0", "compare the whole of it, not its beginning")
    yield wrong("upper-case digits", prefix + code.upper(), "compare it as it is")
    yield wrong("no prefix", code, "compare it as it is")
    yield wrong("another algorithm's name", "sha1=" + code, "compare it as it is")
    yield wrong("two signatures", f"{whole}, {whole}", "compare it as it is")
    yield wrong("no body and no signature", None, anybody, sent=b"")
    hostile = "check the signature before reading the JSON"
    yield wrong("JSON 10,000 levels deep", None, hostile, sent=b"[" * 10_000)
    yield wrong("a number of 5,000 digits", None, hostile, sent=b"9" * 5_000)
    yield wrong("bytes that are not text", None, hostile, sent=bytes(range(256)))
    yield wrong("no JSON, with a wrong signature", prefix + "0" * 64, hostile, sent=b"{")
    yield wrong("eight megabytes", None, "bound what is read of a body", sent=b"[" + b" " * _OVERSIZED + b"]")


class _Right:
    """Deliveries that the contract allows, signed."""

    def __init__(self, contract: Contract, secret: str, *, seed: int) -> None:
        self._contract, self._secret, self._seed = contract, secret, seed
        self._generator = ValueGenerator(contract.sent.data, seed=seed)
        self._stated = contract.policy.webhook_signature
        self._id, self._sent = contract.policy.specimen_id("delivery"), Clock().now() // NANOSECONDS
        self.prefix = self._stated.prefix.replace("{id}", self._id).replace("{timestamp}", str(self._sent))
        self.headers = self._besides(next(iter(contract.data["webhooks"])))

    def case(self, name: str, value: Any, why: str) -> Case:
        body, kind = orjson.dumps(value), value.get("type") if isinstance(value, dict) else None
        headers = self._besides(str(kind)) if kind in self._contract.data["webhooks"] else self.headers
        return Case(name, body, self.signed(body), take=True, why=why, headers=headers)

    def signed(self, body: bytes, secret: str | None = None) -> str:
        """The signature under the secret, or another one."""
        own = self._secret if secret is None else secret
        return signature(self._stated, body, own, identifier=self._id, timestamp=self._sent)

    def _besides(self, event_type: str) -> tuple[tuple[str, str], ...]:
        named = {"delivery_id": self._id, "timestamp": str(self._sent), "attempt": "1", "event_type": event_type}
        stated = self._contract.delivery_headers(event_type)
        return tuple((each.name, named[each.value] if each.named else each.value) for each in stated)

    def example(self, event_type: str) -> Any:
        for shown in self._content(event_type).get("examples", {}).values():
            resolved = self._contract.document.resolve(shown["$ref"]) if "$ref" in shown else shown
            return resolved["value"]
        return self.generated(event_type)

    def generated(self, event_type: str, *, salt: str = "") -> Any:
        return self._generator.value(self._content(event_type)["schema"], salt=f"{event_type} {salt}", name="delivery")

    def largest(self) -> Any:
        """A delivery with the longest of the lists that it has; None where the contract bounds none."""
        for event_type in self._contract.data["webhooks"]:
            value = self.example(event_type)
            for name, most in self._bounded(event_type):
                items = value["data"].get(name)
                if items:
                    return {**value, "data": {**value["data"], name: (items * most)[:most]}}
        return None

    def _bounded(self, event_type: str) -> Iterator[tuple[str, int]]:
        payload = self._followed(self._content(event_type)["schema"])
        data = self._followed(payload.get("properties", {}).get("data", {}))
        for name, member in data.get("properties", {}).items():
            if "maxItems" in member and not member.get("uniqueItems"):
                yield name, member["maxItems"]

    def _followed(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._contract.document.resolve(schema["$ref"]) if "$ref" in schema else schema

    def _content(self, event_type: str) -> Any:
        body = self._contract.data["webhooks"][event_type]["post"]["requestBody"]
        resolved = self._contract.document.resolve(body["$ref"]) if "$ref" in body else body
        return resolved["content"][self._contract.webhook_media_type(event_type)]
