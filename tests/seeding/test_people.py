import re

import pytest

from smartcal_api.seeding.people import cast, slug
from smartcal_api.seeding.stays import ABROAD, HOMES


def test_everybody_has_an_address_of_their_own_on_a_reserved_domain() -> None:
    people = [*cast(0).hosts, *cast(0).people]
    emails = [person.email for person in people]
    assert len(set(emails)) == len(emails) > 200
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", email) for email in emails)


def test_hosts_live_where_clocks_change_and_have_a_phone() -> None:
    for seed in range(10):
        hosts = cast(seed).hosts
        assert len(hosts) > 2
        assert all(host.timezone in HOMES and host.phone is not None for host in hosts)


def test_phone_numbers_are_e164() -> None:
    numbers = [person.phone for person in cast(0).people if person.phone is not None]
    assert len(numbers) > 50
    assert all(re.fullmatch(r"\+[1-9][0-9]{6,14}", number) for number in numbers)


def test_there_are_places_to_meet_at_home_and_on_every_trip() -> None:
    zones = {*HOMES, *(name for name, _ in ABROAD)}
    assert zones <= cast(0).addresses.keys()
    assert all("\n" not in address for places in cast(0).addresses.values() for address in places)


def test_another_seed_is_another_cast() -> None:
    assert cast(1) == cast(1)
    assert cast(1) != cast(-1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Zoë Müller-Łukasz", "zoe.muller.lukasz"), ("Strauß", "strauss"), ("O'Neil", "o.neil"), ("東京", "")],
)
def test_slugs_are_plain_ascii(text: str, expected: str) -> None:
    assert slug(text, ".") == expected
