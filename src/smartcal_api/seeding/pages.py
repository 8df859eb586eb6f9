"""Booking pages: a few offers that a host makes, and the rules which bookings keep."""

from collections.abc import Mapping
from random import Random
from typing import Any, NamedTuple

from smartcal_api.seeding.anchor import DAY, TODAY
from smartcal_api.seeding.diary import QUARTER
from smartcal_api.seeding.moments import daytime, later
from smartcal_api.seeding.people import Person, slug
from smartcal_api.seeding.places import phone, physical, video
from smartcal_api.seeding.zones import Stamps

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Question(NamedTuple):
    label: str
    type: str
    required: bool
    choices: tuple[str, ...] = ()


class Offer(NamedTuple):
    """What a page is about. `hours` are working hours (start, end) of each of `weekdays` (0 is Monday)."""

    title: str
    description: str
    minutes: int
    place: str
    weekdays: tuple[int, ...]
    hours: tuple[tuple[int, int], ...]
    buffers: tuple[int, int]
    notice_minutes: int
    days_ahead: int
    questions: tuple[Question, ...]


_TOPIC = Question("What would you like to talk about?", "long_text", True)
_COMPANY = Question("Company", "text", False)
_PHONE = Question("A number to reach you, just in case", "phone", False)
_SIZE = Question("How large is your team?", "choice", True, ("Just me", "2-10", "11-50", "More than 50"))
_SOURCE = Question("How did you hear about us?", "choice", False, ("A colleague", "Search", "An event", "Elsewhere"))
_LANGUAGE = Question("Which language do you prefer?", "choice", True, ("English", "Deutsch", "Français", "Español"))
_DAY, _HALVES = ((9, 17),), ((9, 12), (13, 17))

_OFFERS = (
    Offer("Intro call", "A first conversation about what you need.", 30, "video", (0, 1, 2, 3, 4), _HALVES,
          (0, 15), 240, 60, (_TOPIC, _COMPANY, _SOURCE)),
    Offer("Product demo", "A tour of the product, with time for questions.", 45, "video", (0, 1, 2, 3), ((10, 16),),
          (10, 10), 1440, 90, (_COMPANY, _SIZE)),
    Offer("Quick phone call", "For whatever takes a quarter of an hour.", 15, "phone", (0, 1, 2, 3, 4), ((9, 18),),
          (0, 5), 120, 60, (_PHONE, _TOPIC)),
    Offer("Office visit", "Come by; there is coffee.", 60, "physical", (1, 2, 3), ((10, 12), (13, 17)),
          (15, 15), 2880, 120, (_LANGUAGE,)),
    Offer("Onboarding session", "We set up your workspace together.", 60, "video", (0, 2, 3), _DAY,
          (0, 15), 1440, 60, (_SIZE, _LANGUAGE, _PHONE)),
    Offer("Job interview", "A conversation with the hiring team.", 60, "video", (1, 2, 3, 4), ((9, 16),),
          (15, 15), 2880, 90, (Question("Link to your portfolio", "text", False),)),
    Offer("Coffee chat", "No agenda.", 30, "video", (0, 2, 4), ((9, 12), (14, 18)), (0, 0), 120, 60, ()),
)  # fmt: skip


class Page(NamedTuple):
    """A page's document, and its rules in the units of a diary: quarter hours, days, minutes of notice."""

    id: str
    active: bool
    document: dict[str, Any]
    offer: Offer
    length: int
    before: int
    after: int
    windows: Mapping[int, tuple[tuple[int, int], ...]]


def booking_page(id_: str, number: int, *, rng: Random, host: Person, address: str, stamps: Stamps) -> Page:
    """The page with a number from 0 up among its account's; the first ones differ, further ones count on."""
    offer = _OFFERS[number % len(_OFFERS)]
    repeat = number // len(_OFFERS) + 1
    title = offer.title if repeat == 1 else f"{offer.title} {repeat}"
    # Every fourth page is retired; the first never is, so that upcoming bookings have one to be on.
    active = number % 4 < 3
    created = daytime(rng, TODAY - rng.randint(300, 390))
    # Not changed since the earliest booking was made: every booking was made under these rules.
    updated = later(rng, created, TODAY - 260)
    document = {
        "id": id_,
        "object": "booking_page",
        "slug": slug(title, "-"),
        "title": title,
        "description": offer.description,
        "duration_minutes": offer.minutes,
        "timezone": host.timezone,
        "location": _location(rng, offer, host, address),
        "active": active,
        "public_url": f"https://book.example.com/{slug(host.name, '-')}/{slug(title, '-')}",
        "questions": [{**question._asdict(), "choices": list(question.choices)} for question in offer.questions],
        "availability": [
            {"weekday": WEEKDAYS[day], "start": f"{start:02d}:00", "end": f"{end:02d}:00"}
            for day in offer.weekdays
            for start, end in offer.hours
        ],
        "buffer_before_minutes": offer.buffers[0],
        "buffer_after_minutes": offer.buffers[1],
        "minimum_notice_minutes": offer.notice_minutes,
        "max_days_ahead": offer.days_ahead,
        "created_at": stamps.utc(host.timezone, created),
        "updated_at": stamps.utc(host.timezone, updated),
    }
    before, after = (_quarters(minutes) for minutes in offer.buffers)
    hours = tuple((4 * start, 4 * end) for start, end in offer.hours)
    windows = dict.fromkeys(offer.weekdays, hours)
    return Page(id_, active, document, offer, _quarters(offer.minutes), before, after, windows)


def stored_page(document: Mapping[str, Any]) -> Page:
    """The page of a document that anybody may have written: times of day that are no quarters shrink to those."""
    hours: dict[int, tuple[tuple[int, int], ...]] = {}
    for stretch in document.get("availability", ()):
        day = WEEKDAYS.index(stretch["weekday"])
        window = (_quarters(_minutes(stretch["start"])), _minutes(stretch["end"]) * 60 // QUARTER)
        hours[day] = (*hours.get(day, ()), window)
    questions = tuple(
        # A choice without choices can only be answered by a text.
        Question(each["label"], each["type"] if each["choices"] else "text", each["required"], tuple(each["choices"]))
        if each["type"] == "choice"
        else Question(each["label"], each["type"], each["required"])
        for each in document.get("questions", ())
    )
    minutes = int(document.get("duration_minutes", 30))
    before, after = (int(document.get(f"buffer_{side}_minutes", 0)) for side in ("before", "after"))
    location = document.get("location")
    offer = Offer(
        document.get("title", ""),
        document.get("description", ""),
        minutes,
        location["type"] if isinstance(location, dict) else "",
        tuple(sorted(hours)),
        (),
        (before, after),
        int(document.get("minimum_notice_minutes", 0)),
        int(document.get("max_days_ahead", 60)),
        questions,
    )
    active = bool(document.get("active", True))
    length, *buffers = (_quarters(each) for each in (minutes, before, after))
    return Page(document["id"], active, dict(document), offer, length, buffers[0], buffers[1], hours)


def weekday(day: int) -> int:
    """0, a Monday, to 6, of a day counted since 1970-01-01, a Thursday."""
    return (day + 3) % 7


def earliest_notice_days(offer: Offer) -> int:
    """Days between the day of a booking's making, by 22:00, and its own, from 9:00, that keep the minimum notice.

    An hour more than the notice: a change of clocks between the two may take one.
    """
    return 1 + max(0, -(-(offer.notice_minutes + 60 - 11 * 60) * 60 // DAY))


def _minutes(time: str) -> int:
    """Of a time of day such as `09:30`, since midnight."""
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _quarters(minutes: int) -> int:
    return -(-minutes * 60 // QUARTER)


def _location(rng: Random, offer: Offer, host: Person, address: str) -> dict[str, Any]:
    if offer.place == "physical":
        return physical(address)
    if offer.place == "phone" and host.phone is not None:
        return phone(host.phone)
    return video(rng, "smartcal")
