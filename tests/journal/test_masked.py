"""Large bodies are masked once, and in a time that grows with their size alone (law GUARD 3)."""

import pytest

from smartcal_api.auth import Secrets
from smartcal_api.contract import Contract
from smartcal_api.journal.document import Documents
from smartcal_api.journal.masked import MaskedBodies
from smartcal_api.journal.masks import FORM, Masks
from tests.wire import World

LARGE = b"x" * 20_000
ROOT = "http://127.0.0.1:8080"


class Counting:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"masked {self.times}"


def test_a_large_body_is_masked_once_under_the_same_secrets_and_anew_under_more() -> None:
    masked, mask = MaskedBodies(1_000_000), Counting()
    assert [masked.get(LARGE, FORM, mask, under=1) for _ in range(3)] == ["masked 1"] * 3
    assert masked.get(LARGE, FORM, mask, under=2) == "masked 2"
    assert masked.get(LARGE, "text/plain", mask, under=2) == "masked 3"
    masked.clear()
    assert masked.get(LARGE, FORM, mask, under=2) == "masked 4"


def test_guard_2_what_is_kept_of_masked_bodies_is_bounded_and_the_oldest_goes_first() -> None:
    masked, mask = MaskedBodies(100_000), Counting()
    bodies = [b"%d" % number + LARGE for number in range(6)]
    for body in bodies:
        masked.get(body, FORM, mask, under=1)
    masked.get(bodies[-1], FORM, mask, under=1)
    assert mask.times == 6
    masked.get(bodies[0], FORM, mask, under=1)
    assert mask.times == 7
    masked.get(LARGE * 10, FORM, mask, under=1)
    masked.get(bodies[0], FORM, mask, under=1)
    assert mask.times == 9, "what is larger than all the room is not kept, and everything had to go for it"


def test_a_body_in_the_journal_is_looked_at_once_however_often_it_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.post("/oauth/token", body=b"a=&" * 20_000, media_type=FORM).status == 400
    (entry,) = world.sandbox.journal.since(1)

    def shown() -> object:
        masked = world.sandbox.journal.masked
        return Documents(world.contract, world.sandbox.secrets, masked, root=ROOT).document(entry)

    first = shown()
    monkeypatch.setattr(Masks, "pairs", lambda *_: pytest.fail("it is masked again"))
    monkeypatch.setattr(Masks, "target", lambda *_: "/oauth/token")
    assert shown() == first


@pytest.mark.parametrize(
    ("pair", "shown"),
    [
        (b"code=x", "code=***"),
        (b"CODE=x", "CODE=***"),
        (b"code=", "code=***"),
        (b"%63ode=x", "code=***"),
        (b"%20code+=x", "+code+=***"),
        (b"a=my_plain_key_77Q", "a=***"),
        (b"a=scp_abcdefgh", "a=scp_***"),
        (b"a=code%3Dx", "a=code=***"),
        (b"a=my_plain%5Fkey_77Q", "a=***"),
        (b"", ""),
        (b"a=%C3%A9+%2B", "a=%C3%A9+%2B"),
    ],
)
def test_auth_3_a_pair_among_many_is_masked_as_it_is_alone(contract: Contract, pair: bytes, shown: str) -> None:
    secrets = Secrets(contract.policy.secrets.values())
    secrets.know("my_plain_key_77Q")
    masks = Masks(contract.data, secrets, MaskedBodies(0))
    assert masks.pairs(pair) == shown
    others = [b"n%d=%d" % (number, number) for number in range(3_000)]
    for place in (0, 600, 1_500, 3_000):
        written = [each.decode() for each in others]
        query = b"&".join([*others[:place], pair, *others[place:]])
        assert masks.pairs(query) == "&".join([*written[:place], shown, *written[place:]])
