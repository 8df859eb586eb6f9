import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.ids import Ids

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SEEDS = st.integers(-(2**63), 2**63 - 1)
SERIALS = st.integers(0, 2**62)


def ids(seed: int = 0, *, alphabet: str = ALPHABET, length: int = 20) -> Ids:
    return Ids(seed, alphabet=alphabet, length=length, prefixes={"event": "evt_", "booking": "bkg_"})


@given(
    seed=SEEDS,
    serial=SERIALS,
    length=st.integers(1, 64),
    alphabet=st.lists(st.sampled_from(ALPHABET), min_size=1, unique=True).map("".join),
)
def test_any_id_has_its_prefix_and_as_many_letters_as_stated(seed, serial, length, alphabet):
    minted = ids(seed, alphabet=alphabet, length=length).mint("event", serial)
    assert re.fullmatch(rf"evt_[{alphabet}]{{{length}}}", minted)


@given(seed=SEEDS, serial=SERIALS)
def test_sbx_2_the_same_seed_kind_and_serial_give_the_same_id(seed, serial):
    assert ids(seed).mint("event", serial) == ids(seed).mint("event", serial)


def test_sbx_2_ids_are_the_same_on_any_machine():
    """Data sets hold ids and are compared byte for byte, so a change to these is a change to every data set."""
    assert ids(0).mint("event", 0) == "evt_esn6gitbwk54j1vdl0an"
    assert ids(-1).mint("booking", 2**40) == "bkg_90jo5ezs1l4epfvlxhec"


@given(first=st.tuples(SEEDS, st.sampled_from(["event", "booking"]), SERIALS), second=st.data())
def test_another_seed_kind_or_serial_gives_another_id(first, second):
    other = second.draw(st.tuples(SEEDS, st.sampled_from(["event", "booking"]), SERIALS).filter(lambda it: it != first))
    bare = [ids(seed).mint(kind, serial)[4:] for seed, kind, serial in (first, other)]
    assert bare[0] != bare[1]


def test_a_hundred_thousand_ids_are_all_different():
    mint = ids(7).mint
    assert len({mint("event", serial) for serial in range(100_000)}) == 100_000


def test_the_letters_are_spread_evenly():
    letters = Counter("".join(ids(7).mint("event", serial)[4:] for serial in range(5_000)))
    # 256 is no multiple of 36, so a letter stands for 7 or 8 bytes of 256: within 20 % of the mean either way.
    mean = 5_000 * 20 / 36
    assert set(letters) == set(ALPHABET)
    assert all(0.8 * mean < count < 1.2 * mean for count in letters.values())


def test_an_unknown_kind_is_a_defect():
    with pytest.raises(KeyError):
        ids().mint("nothing", 0)
