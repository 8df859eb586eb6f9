"""Law AUTH 3: a secret that the process knows is found in any text and any encoding, though only its hash is kept."""

import json
import pickle
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smartcal_api.auth import SHORTEST, Secrets
from smartcal_api.contract.secrets import MASK

PREFIXES = ("scp_", "scs_")
# What goes into a header: a key may be any of it.
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
KEYS = st.text(VISIBLE, min_size=SHORTEST, max_size=40)


def percent(secret: str, random: Random, *, upper: bool) -> str:
    """Some characters encoded, others not."""
    triplet = "%{:02X}" if upper else "%{:02x}"
    return "".join(triplet.format(ord(each)) if random.random() < 0.5 or each in "%+ " else each for each in secret)


def basic(secret: str, *, alphabet: Callable[[bytes], bytes], form: bool, padded: bool) -> str:
    said = alphabet(f"app:{quote_plus(secret) if form else secret}".encode()).decode()
    return f"Basic {said if padded else said.rstrip('=')}"


WRITTEN: dict[str, Callable[[str, Random], str]] = {
    "as it is": lambda secret, _: secret,
    "percent-encoded in part, upper case": lambda secret, random: percent(secret, random, upper=True),
    "percent-encoded in part, lower case": lambda secret, random: percent(secret, random, upper=False),
    "in a form": lambda secret, _: quote_plus(secret),
    "in an address within an address": lambda secret, _: quote(quote(f"https://a.example/?x={quote(secret)}")),
    "in JSON": lambda secret, _: json.dumps(secret),
    "in JSON, all escaped": lambda secret, _: "".join(f"\\u{ord(each):04x}" for each in secret),
    "quoted in a message": lambda secret, _: repr(secret),
    "in Basic": lambda secret, _: basic(secret, alphabet=b64encode, form=False, padded=True),
    "in base64": lambda secret, _: basic(secret, alphabet=b64encode, form=False, padded=False).partition(" ")[2],
    "in Basic, form-encoded": lambda secret, _: basic(secret, alphabet=b64encode, form=True, padded=True),
    "in Basic of the other alphabet": lambda secret, _: basic(
        secret, alphabet=urlsafe_b64encode, form=False, padded=False
    ),
    "in Basic, percent-encoded": lambda secret, _: quote(
        basic(secret, alphabet=b64encode, form=False, padded=True), safe=""
    ),
}
AROUND = ("{}", "key={}", "/api/v1/{}/x", "a; ClientSecret={}; b", '<i a="{}">', "x:{},y", "?a=b&_{}&c", "({})", "é{}ü")


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@settings(max_examples=40)
@given(secret=KEYS, around=st.sampled_from(AROUND), random=st.randoms(use_true_random=False))
def test_auth_3_a_known_secret_is_hidden_however_it_is_written(
    written: Callable[[str, Random], str], secret: str, around: str, random: Random
) -> None:
    secrets = Secrets(PREFIXES)
    secrets.know(secret)
    form = written(secret, random)
    shown = secrets.hidden(around.format(form))
    # What is around it may be part of what was hidden, or happen to be like it.
    assume(form not in around and secret not in around)
    assert form not in shown
    assert secret not in shown
    assert MASK in shown


@given(text=st.text(), secret=KEYS)
def test_auth_3_what_holds_no_secret_is_shown_as_it_is(text: str, secret: str) -> None:
    secrets = Secrets(PREFIXES)
    secrets.know("a-secret-that-is-nowhere-else!")
    assert secrets.hidden(text) == text
    assert secrets.hidden(f"{text} {quote(text)}") == f"{text} {quote(text)}"


@pytest.mark.parametrize("secret", ["my_plain_key_77Q", "with blanks in it", "gehört nicht hierher"])
def test_auth_3_only_the_hash_of_a_secret_is_kept(secret: str) -> None:
    secrets = Secrets(PREFIXES)
    secrets.know(secret)
    kept = pickle.dumps({name: value for name, value in vars(secrets).items() if name != "hidden"})
    assert secret.encode() not in kept
    assert secrets.hidden(f"it is {secret}.") == f"it is {MASK}."
    assert secrets.hidden(f"it is {quote_plus(secret)}.") == f"it is {MASK}."


def test_auth_3_a_short_secret_is_not_looked_for_in_words() -> None:
    secrets = Secrets(PREFIXES)
    assert secrets.know("my_key") is None
    assert secrets.hidden("oh my_key") == "oh my_key"


def test_auth_3_of_a_text_with_too_many_words_the_rest_is_not_shown() -> None:
    """The work that somebody else's text makes is bounded, and what was not looked at may be anything."""
    secrets = Secrets(PREFIXES)
    secrets.know("a_secret")
    hostile = " ".join(f"{number:08}" for number in range(100_000)) + " a_secret"
    shown = secrets.hidden(hostile)
    assert shown.startswith("00000000 00000001 ")
    assert shown.endswith(f" {MASK}")
    assert len(shown) < len(hostile) / 2


def test_auth_3_what_is_given_away_by_its_prefix_is_hidden_behind_it_also_after_the_contract_changed() -> None:
    secrets = Secrets(PREFIXES)
    secrets.adopt(["key_"])
    assert secrets.hidden("scp_abc%2Ddef and key_abc") == f"scp_{MASK} and key_{MASK}"
