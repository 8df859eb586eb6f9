"""`smartcal check-receiver` tells a receiver that is right from those that people really write."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.receiver_check import Verdict, cases, check
from smartcal_api.webhooks import sign, verify
from smartcal_api.webhooks.attempt import Sender
from smartcal_api.webhooks.network import LOOPBACK
from smartcal_api.webhooks.receiver import Received, Receiver, Reply
from tests.e2e.server import run
from tests.independent import Independent

SECRET = "of the tests"
Judge = Callable[[Received], int]


def signature(received: Received) -> str:
    return received.headers.get("x-smartcalpro-signature", "")


def right(received: Received) -> int:
    return 204 if verify(received.body, signature(received), SECRET) else 401


def digest(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def takes_all(_: Received) -> int:
    return 200


def refuses_all(_: Received) -> int:
    return 401


def takes_what_is_unsigned(received: Received) -> int:
    return right(received) if signature(received) else 200


def verifies_the_json_that_it_read(received: Received) -> int:
    try:
        body = json.dumps(json.loads(received.body), separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return 400
    return 200 if verify(body, signature(received), SECRET) else 401


def folds_the_case(received: Received) -> int:
    return 200 if signature(received).lower() == f"sha256={digest(received.body)}" else 401


def ignores_the_prefix(received: Received) -> int:
    return 200 if signature(received).rpartition("=")[2] == digest(received.body) else 401


def compares_the_beginning(received: Received) -> int:
    return 200 if f"sha256={digest(received.body)}".startswith(signature(received) or "-") else 401


def fails_on_a_wrong_signature(received: Received) -> int:
    return 204 if right(received) == 204 else 500


def reads_the_json_first(received: Received) -> int:
    return right(received) if received.json is not None else 500


def knows_every_member(received: Received) -> int:
    status = right(received)
    return 422 if status == 204 and "new_member" in received.json else status


class RefusesDuplicates:
    def __init__(self) -> None:
        self._seen: set[str | None] = set()

    def __call__(self, received: Received) -> int:
        status = right(received)
        if status == 204 and received.id in self._seen:
            return 409
        self._seen.add(received.id)
        return status


def verdicts(contract: Contract, judge: Judge) -> list[Verdict]:
    async def checked(url: str) -> list[Verdict]:
        return [each async for each in check(contract, url, cases(contract, SECRET), Sender(LOOPBACK))]

    with Receiver(lambda received: Reply(judge(received))) as receiver:
        return asyncio.run(checked(receiver.url))


def faulty(contract: Contract, judge: Judge) -> set[str]:
    return {verdict.case.name for verdict in verdicts(contract, judge) if verdict.fault is not None}


def test_a_right_receiver_is_right(contract: Contract) -> None:
    found = verdicts(contract, right)
    assert [verdict.fault for verdict in found] == [None] * len(found)
    assert sum(verdict.case.take for verdict in found) >= 15
    assert sum(not verdict.case.take for verdict in found) >= 20


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (takes_what_is_unsigned, {"no signature", "an empty signature", "no body and no signature"}),
        (verifies_the_json_that_it_read, {"a body with a blank more", "a body that was laid out anew"}),
        (folds_the_case, {"upper-case digits"}),
        (ignores_the_prefix, {"no prefix", "another algorithm's name"}),
        (compares_the_beginning, {"the prefix alone", "a digit too few"}),
        (fails_on_a_wrong_signature, {"no signature", "a tampered body"}),
        (reads_the_json_first, {"JSON 10,000 levels deep", "bytes that are not text"}),
        (knows_every_member, {"members that are new"}),
        (RefusesDuplicates(), {"a duplicate"}),
    ],
)
def test_a_wrong_receiver_is_told_what_it_does_wrong(contract: Contract, judge: Judge, expected: set[str]) -> None:
    assert expected <= faulty(contract, judge)


def test_each_case_is_there_for_a_reason(contract: Contract) -> None:
    """A receiver that takes all is wrong about every case to be refused, one that refuses all about the others."""
    tried = list(cases(contract, SECRET))
    assert faulty(contract, takes_all) == {case.name for case in tried if not case.take}
    assert faulty(contract, refuses_all) == {case.name for case in tried if case.take}
    assert all(case.why for case in tried)


def test_what_is_to_be_taken_is_signed_and_valid_by_the_contract(contract: Contract) -> None:
    judge = Independent(contract.data)
    for case in cases(contract, SECRET, seed=7):
        if case.take:
            body = json.loads(case.body)
            assert case.signature == sign(case.body, SECRET)
            pointer = f"/webhooks/{body['type']}/post/requestBody/content/application~1json/schema"
            assert judge.faults(pointer, body) == [], case.name
        else:
            assert not verify(case.body, case.signature, SECRET), case.name


def test_nobody_there_is_told_at_once(contract: Contract) -> None:
    async def checked() -> None:
        async for _ in check(contract, url, cases(contract, SECRET), Sender(LOOPBACK)):
            raise AssertionError

    with Receiver() as receiver:
        url = receiver.url
    with pytest.raises(UsageError, match="connection_failed"):
        asyncio.run(checked())


def test_the_command_ends_with_0_1_and_2(tmp_path: Path) -> None:
    with Receiver(lambda received: Reply(right(received))) as receiver:
        done = run("check-receiver", receiver.url, "--secret", SECRET, folder=tmp_path)
        assert (done.returncode, done.stdout.splitlines()[-1].endswith(" 0 wrong")) == (0, True)
        wrong = run("check-receiver", receiver.url, "--secret", "another", "--json", folder=tmp_path)
        assert wrong.returncode == 1
        assert json.loads(wrong.stdout.splitlines()[0])["answered"] == "401"
        assert SECRET not in done.stdout
    gone = run("check-receiver", receiver.url, "--secret", SECRET, folder=tmp_path)
    assert (gone.returncode, gone.stderr.count("\n")) == (2, 1)
    assert run("check-receiver", "x", "--secret", SECRET, folder=tmp_path).returncode == 2
