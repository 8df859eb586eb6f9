"""What the name of a property says about its value. To add a word, add a line to a table."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from smartcal_api.mock.source import Source

Text = Callable[[Source], str]
T = TypeVar("T")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RULES = ("FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12")
_SUBJECTS = ("Planning", "Review", "Kick-off", "Retrospective", "Interview", "Demo", "Workshop", "Check-in", "Handover")


def suffixes(name: str) -> Iterator[str]:
    """`billingFirst_name` → `billing_first_name`, `first_name`, `name`: the most telling first."""
    words = [word.lower() for word in _WORD.findall(name)]
    for start in range(len(words)):
        yield "_".join(words[start:])


def meaning(table: Mapping[str, T], name: str) -> T | None:
    """The entry for the longest tail of `name` that the table knows."""
    return next((table[tail] for tail in suffixes(name) if tail in table), None)


def singular(name: str) -> str:
    """What one item of a list is called: `attendees` → `attendee`, `addresses` → `address`, `entries` → `entry`."""
    for plural, single in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if name.endswith(plural) and len(name) > len(plural) + 1:
            return name.removesuffix(plural) + single
    return name


def phone(source: Source) -> str:
    """A number of the block that is kept for fiction: 555-0100 to 555-0199."""
    return f"+1{source.random.choice((202, 212, 303, 415, 617))}55501{source.random.randrange(100):02d}"


def opaque(source: Source) -> str:
    return "".join(source.random.choices(_LETTERS, k=20))


def title(source: Source) -> str:
    return f"{source.random.choice(_SUBJECTS)}: {source.fake.catch_phrase()}"


# word → what to try, in this order, until one satisfies the schema.
TEXTS: Mapping[str, tuple[Text, ...]] = {
    "address": (lambda s: s.fake.address().replace("\n", ", "), lambda s: s.fake.street_address()),
    "answer": (lambda s: s.fake.sentence(), lambda s: s.fake.word()),
    "author": (lambda s: s.fake.name(),),
    "city": (lambda s: s.fake.city(),),
    "code": (lambda s: s.fake.bothify("??-####").upper(), lambda s: s.fake.bothify("???").upper()),
    "color": (lambda s: s.fake.hex_color(), lambda s: s.fake.color_name()),
    "colour": (lambda s: s.fake.hex_color(), lambda s: s.fake.color_name()),
    "company": (lambda s: s.fake.company(),),
    "company_name": (lambda s: s.fake.company(),),
    "country": (lambda s: s.fake.country(), lambda s: s.fake.country_code()),
    "country_code": (lambda s: s.fake.country_code(),),
    "currency": (lambda s: s.fake.currency_code(), lambda s: s.fake.currency_code().lower()),
    "description": (lambda s: s.fake.paragraph(), lambda s: s.fake.sentence()),
    "email": (lambda s: s.fake.ascii_safe_email(),),
    "first_name": (lambda s: s.fake.first_name(),),
    "given_name": (lambda s: s.fake.first_name(),),
    "host": (lambda s: f"{s.fake.domain_word()}.example.com",),
    "id": (opaque,),
    "image": (lambda s: f"https://example.com/images/{s.fake.slug()}.png",),
    "job": (lambda s: s.fake.job(),),
    "label": (lambda s: s.fake.bs().capitalize(), lambda s: s.fake.word().capitalize()),
    "language": (lambda s: s.fake.language_code(),),
    "last_name": (lambda s: s.fake.last_name(),),
    "family_name": (lambda s: s.fake.last_name(),),
    "locale": (lambda s: s.fake.locale().replace("_", "-"), lambda s: s.fake.locale()),
    "location": (lambda s: s.fake.street_address(), lambda s: s.fake.city()),
    "message": (lambda s: s.fake.sentence(),),
    "mobile": (phone,),
    "name": (lambda s: s.fake.first_name() + " " + s.fake.last_name(), lambda s: s.fake.first_name()),
    "note": (lambda s: s.fake.sentence(),),
    "number": (phone,),
    "organization": (lambda s: s.fake.company(),),
    "phone": (phone,),
    "phone_number": (phone,),
    "postal_code": (lambda s: s.fake.postcode(),),
    "postcode": (lambda s: s.fake.postcode(),),
    "provider": (lambda s: s.fake.company(),),
    "question": (lambda s: s.fake.sentence().removesuffix(".") + "?",),
    "reason": (lambda s: s.fake.sentence(),),
    "recurrence": (lambda s: "RRULE:" + s.random.choice(_RULES),),
    "slug": (lambda s: s.fake.slug(), lambda s: s.fake.word()),
    "state": (lambda s: s.fake.state(), lambda s: s.fake.state_abbr()),
    "street": (lambda s: s.fake.street_address(),),
    "subject": (title, lambda s: s.random.choice(_SUBJECTS)),
    "summary": (lambda s: s.fake.sentence(),),
    "tag": (lambda s: s.fake.word(),),
    "text": (lambda s: s.fake.paragraph(), lambda s: s.fake.sentence()),
    "time_zone": (lambda s: s.fake.timezone(),),
    "timezone": (lambda s: s.fake.timezone(),),
    "title": (title, lambda s: s.random.choice(_SUBJECTS)),
    "tz": (lambda s: s.fake.timezone(),),
    "uri": (lambda s: f"https://example.com/{s.fake.slug()}",),
    "url": (lambda s: f"https://example.com/{s.fake.slug()}",),
    "user_name": (lambda s: s.fake.user_name(),),
    "username": (lambda s: s.fake.user_name(),),
    "website": (lambda s: f"https://{s.fake.domain_word()}.example.com/",),
    "zip": (lambda s: s.fake.postcode(),),
}

# word → (smallest, largest, step) as it would usually be; the schema's own bounds go first.
NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "age": ("18", "80", "1"),
    "amount": ("5", "500", "0.01"),
    "count": ("0", "40", "1"),
    "duration": ("15", "120", "15"),
    "hour": ("0", "23", "1"),
    "latitude": ("-60", "70", "0.0001"),
    "longitude": ("-180", "180", "0.0001"),
    "minute": ("0", "55", "5"),
    "minutes": ("15", "120", "15"),
    "percent": ("0", "100", "1"),
    "price": ("5", "500", "0.01"),
    "quantity": ("1", "12", "1"),
    "total": ("0", "200", "1"),
    "year": ("2024", "2027", "1"),
}
