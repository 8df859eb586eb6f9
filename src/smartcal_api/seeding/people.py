"""The cast: people, companies and addresses, drawn from Faker once; everything else chooses among them."""

import re
import unicodedata
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from smartcal_api.seeding.stays import HOMES

if TYPE_CHECKING:
    from faker import Faker

_PROVIDERS = ["faker.providers.address", "faker.providers.company", "faker.providers.person"]
_PEOPLE_PER_LOCALE = 20
_HOSTS_PER_LOCALE = 4
_ADDRESSES_PER_LOCALE = 12
# Numbers that the country's regulator keeps for fiction; None where there is no such range.
_LOCALES: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("en_US", "+121255501##", ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")),
    ("en_GB", "+447700900###", ("Europe/London",)),
    ("de_DE", "+493023125###", ("Europe/Berlin",)),
    ("fr_FR", "+3319900####", ("Europe/Paris",)),
    ("sv_SE", "+468465004##", ("Europe/Stockholm",)),
    ("en_AU", "+6125550####", ("Australia/Sydney", "Australia/Brisbane")),
    ("es_ES", None, ("Europe/Madrid",)),
    ("it_IT", None, ("Europe/Rome",)),
    ("pl_PL", None, ("Europe/Warsaw",)),
    ("pt_BR", None, ("America/Sao_Paulo",)),
    ("en_IN", None, ("Asia/Kolkata",)),
    ("ja_JP", None, ("Asia/Tokyo",)),
)
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae"})


class Person(NamedTuple):
    first_name: str
    name: str
    email: str
    company: str
    timezone: str
    phone: str | None


class Cast(NamedTuple):
    """`hosts` own calendars, and live where `HOMES` says; `people` are whom they meet, none of them a host.

    `addresses` has places to meet in each zone of somebody's.
    """

    hosts: tuple[Person, ...]
    people: tuple[Person, ...]
    addresses: Mapping[str, tuple[str, ...]]


def cast(seed: int) -> Cast:
    """A few hundred people with different e-mail addresses, on domains that are reserved for examples (RFC 2606)."""
    from faker import Faker  # here: its import takes longer than all else of a start

    rng = Random(f"{seed}/people")
    hosts: list[Person] = []
    people: list[Person] = []
    addresses: dict[str, tuple[str, ...]] = {}
    emails: set[str] = set()
    for locale, phone, zones in _LOCALES:
        fake = Faker(locale, providers=_PROVIDERS)
        fake.seed_instance(f"{seed}/{locale}")
        for number in range(_PEOPLE_PER_LOCALE):
            # Japanese names in Latin letters: Faker's native ones don't tell how an e-mail address would spell them.
            name = fake.romanized_name() if locale == "ja_JP" else f"{fake.first_name()} {fake.last_name()}"
            email = _email(rng, name, emails)
            phone_number = None if phone is None else re.sub("#", lambda _: str(rng.randrange(10)), phone)
            person = Person(name.split(" ")[0], name, email, fake.company(), rng.choice(zones), phone_number)
            (hosts if number < _HOSTS_PER_LOCALE and person.timezone in HOMES else people).append(person)
        places = tuple(_address(fake, locale) for _ in range(_ADDRESSES_PER_LOCALE))
        addresses |= dict.fromkeys(zones, places)
    rng.shuffle(hosts)
    return Cast(tuple(hosts), tuple(people), addresses)


def slug(text: str, separator: str) -> str:
    """`Zoë Müller-Łukasz`, `.` → `zoe.muller.lukasz`: lower-case ASCII letters and digits."""
    ascii_text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode("ascii")
    return separator.join(re.findall("[a-z0-9]+", ascii_text.lower()))


def _address(fake: "Faker", locale: str) -> str:
    """One line. Japanese addresses have an order of their own; others are put together, since `address()` of en_US
    also knows those of warships."""
    text = fake.address() if locale == "ja_JP" else f"{fake.street_address()}\n{fake.postcode()} {fake.city()}"
    return ", ".join(line.strip() for line in text.splitlines())


def _email(rng: Random, name: str, taken: set[str]) -> str:
    local = slug(name, ".")
    domain = rng.choice(("example.com", "example.org", "example.net"))
    email, number = f"{local}@{domain}", 1
    while email in taken:
        number += 1
        email = f"{local}{number}@{domain}"
    taken.add(email)
    return email
