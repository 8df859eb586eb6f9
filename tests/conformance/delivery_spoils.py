"""What may be wrong with a deployment that delivers: (the law, the way between it and its judge)."""

import hashlib
import hmac
import json
import re
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

from smartcal_api.conformance.receiver import OK, Arrival, Reply
from smartcal_api.conformance.wire import Answer, Request
from tests.conformance.deployed import Take, Way, twice, with_body, with_field
from tests.conformance.judged import edited, path

SIGNATURE = "X-SmartCalPro-Signature"
HOOKS = "/api/v1/webhooks"


def signed(body: bytes, secret: bytes, algorithm: str = "sha256") -> str:
    return f"sha256={hmac.new(secret, body, algorithm).hexdigest()}"


class Deliveries(Way):
    """Spoils what is delivered; `spoil` gives what comes instead."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[Any] = Counter()

    def delivery(self, arrival: Arrival, take: Take) -> Reply:
        body = json.loads(arrival.body)
        self.seen[body["id"], arrival.path] += 1
        return self.spoil(arrival, body, take)

    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        raise NotImplementedError


class DeliversTwice(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return twice(arrival, take)


class ForgetsOneType(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return OK if body["type"] == "event.updated" else take(arrival)


class GivesEachSubscriptionAnIdOfItsOwn(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        own = hashlib.sha256(f"{body['id']}{arrival.path}".encode()).hexdigest()[:20]
        return take(with_body(arrival, arrival.body.replace(body["id"].encode(), f"evd_{own}".encode())))


class TellsTheStateOfBefore(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        if body["type"] == "event.updated":
            body["data"]["updated_at"] = "2026-01-01T00:00:00Z"
        return take(with_body(arrival, json.dumps(body, separators=(",", ":")).encode()))


class PutsSpacesIn(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return take(with_body(arrival, json.dumps(body).encode()))


class LacksAMember(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        del body["created_at"]
        return take(with_body(arrival, json.dumps(body, separators=(",", ":")).encode()))


class DeliversToAllTypes(Way):
    """Whatever a subscription names, it is told everything."""

    def request(self, request: Request) -> Request | Answer:
        if request.method == "POST" and path(request) == HOOKS:
            body = json.loads(request.body)
            types = ["booking.cancelled", "event.updated", "event.deleted"]
            return replace(request, body=json.dumps({**body, "events": sorted({*body["events"], *types})}).encode())
        return request

    def answer(self, request: Request, answer: Answer) -> Answer:
        if request.method == "POST" and path(request) == HOOKS and answer.status == 201:
            return edited(answer, lambda body: body.update(events=json.loads(request.body)["events"]))
        return answer


class DeletesNothing(Way):
    def request(self, request: Request) -> Request | Answer:
        return Answer(204, (), b"") if request.method == "DELETE" else request


class ShowsSecrets(Way):
    def answer(self, request: Request, answer: Answer) -> Answer:
        if request.method == "GET" and path(request) == HOOKS and self.secrets:
            return Answer(answer.status, answer.headers, answer.body + "".join(self.secrets.values()).encode())
        return answer


class GivesShortSecrets(Way):
    def answer(self, request: Request, answer: Answer) -> Answer:
        if request.method == "POST" and answer.status == 201:
            return edited(answer, lambda body: body.update(secret=body["secret"][:37]))
        return answer


class CountsItsSecretsUp(Way):
    def answer(self, request: Request, answer: Answer) -> Answer:
        if request.method == "POST" and answer.status == 201:
            number = str(len(self.secrets) + len(answer.body))
            return edited(answer, lambda body: body.update(secret="whsec_" + "kJ3nPq" * 7 + body["id"][-3:] + number))
        return answer


class SignsWith(Deliveries):
    """Signs something else, or with something else."""

    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return take(with_field(arrival, SIGNATURE, self.signature(arrival, self.secret(arrival))))

    def signature(self, arrival: Arrival, secret: str) -> str:
        raise NotImplementedError


class SignsWithTheHexOfTheSecret(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return signed(arrival.body, secret.encode().hex().encode())


class SignsWithoutThePrefixOfTheSecret(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return signed(arrival.body, secret.removeprefix("whsec_").encode())


class SignsInUpperCase(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return "sha256=" + signed(arrival.body, secret.encode())[7:].upper()


class SignsBySha1(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return signed(arrival.body, secret.encode(), "sha1")


class SignsWhatItWouldSendInAscii(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return signed(json.dumps(json.loads(arrival.body), separators=(",", ":")).encode(), secret.encode())


class SignsWithOneKeyForAll(SignsWith):
    def signature(self, arrival: Arrival, secret: str) -> str:
        return signed(arrival.body, next(iter(self.secrets.values())).encode())


class TellsBeforeItIsSo(Way):
    """While a delivery comes, the booking that it tells of can only be read as it was."""

    def answer(self, request: Request, answer: Answer) -> Answer:
        if threading.current_thread() is not threading.main_thread() and "/bookings/" in request.target:
            return edited(answer, lambda body: body.update(status="confirmed", cancellation=None))
        return answer


class TellsOfWhatItRefused(Way):
    """Cancels what it says that it refuses to."""

    def request(self, request: Request) -> Request | Answer:
        if request.method == "POST" and request.body == b'{"reason": 1}':
            return replace(request, body=b"{}")
        return request

    def answer(self, request: Request, answer: Answer) -> Answer:
        return Answer(400, answer.headers, b"{}") if request.body == b'{"reason": 1}' else answer


class LetsOneHangForAll(Deliveries):
    """What comes first is handed over before anything else is."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Lock()

    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        with self._turn:
            return take(arrival)


class FollowsRedirects(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        reply = take(arrival)
        if reply.status in (307, 308):
            return take(replace(arrival, path="/" + dict(reply.headers)["Location"].rpartition("/")[2]))
        return reply


class ForgetsRetryAfter(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return replace(take(arrival), headers=())


class OnlyTakes200ForASuccess(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        reply = take(arrival)
        return Reply(500) if reply.status in (202, 299) else reply


class TakesARefusalForASuccess(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        reply = take(arrival)
        return OK if reply.status == 400 else reply


class GivesARetryAnotherId(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        again = self.seen[body["id"], arrival.path]
        other = re.sub(r".$", str(again % 10), body["id"])
        return take(with_body(arrival, arrival.body.replace(body["id"].encode(), other.encode())))


class WritesARetryAnew(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        if self.seen[body["id"], arrival.path] < 3:
            return take(arrival)
        return take(with_body(arrival, json.dumps(body, separators=(",", ":"), sort_keys=True).encode()))


class LosesALateAttempt(Deliveries):
    def spoil(self, arrival: Arrival, body: Any, take: Take) -> Reply:
        return Reply(500) if self.seen[body["id"], arrival.path] == 6 else take(arrival)


SPOILT: list[tuple[str, type[Way]]] = [
    ("HOOK 1", ShowsSecrets),
    ("HOOK 1", GivesShortSecrets),
    ("HOOK 1", CountsItsSecretsUp),
    ("HOOK 1", DeletesNothing),
    ("HOOK 2", DeletesNothing),
    ("HOOK 2", DeliversTwice),
    ("HOOK 2", ForgetsOneType),
    ("HOOK 2", GivesEachSubscriptionAnIdOfItsOwn),
    ("HOOK 2", TellsTheStateOfBefore),
    ("HOOK 2", PutsSpacesIn),
    ("HOOK 2", LacksAMember),
    ("HOOK 2", DeliversToAllTypes),
    ("HOOK 4", DeliversToAllTypes),
    ("HOOK 4", SignsBySha1),
    ("SIGN 1", SignsWithTheHexOfTheSecret),
    ("SIGN 1", SignsWithoutThePrefixOfTheSecret),
    ("SIGN 1", SignsInUpperCase),
    ("SIGN 1", SignsBySha1),
    ("SIGN 1", SignsWhatItWouldSendInAscii),
    ("SIGN 1", SignsWithOneKeyForAll),
    ("DELV 3", TellsBeforeItIsSo),
    ("DELV 3", TellsOfWhatItRefused),
    ("DELV 4", GivesARetryAnotherId),
    ("DELV 4", WritesARetryAnew),
    ("DELV 4", LosesALateAttempt),
    ("DELV 5", LetsOneHangForAll),
    ("DELV 7", WritesARetryAnew),
    ("DELV 8", FollowsRedirects),
    ("DELV 9", ForgetsRetryAfter),
    ("DELV 9", OnlyTakes200ForASuccess),
    ("DELV 9", TakesARefusalForASuccess),
    ("DELV 9", DeletesNothing),
]
