"""What calendars are full of: kinds of meetings, whole days, and how meetings repeat."""

from typing import NamedTuple

from smartcal_api.seeding.diary import CLOSES, OPENS


class Kind(NamedTuple):
    """`title` may name a guest's `{first}` name or `{company}`. `lengths`, `opens` and `closes` are in quarter hours,
    `guests` is the least and the most; `places` may hold "" for none; `source` is the calendar it usually is on."""

    title: str
    description: str
    lengths: tuple[int, ...]
    guests: tuple[int, int]
    places: tuple[str, ...]
    source: str
    private: bool = False
    opens: int = OPENS
    closes: int = CLOSES


_CALLS = ("video", "video", "physical")

SINGLES = (
    Kind("Design review", "Bring your questions; the draft is in the shared folder.", (3, 4), (2, 5), _CALLS, "google"),
    Kind("Call with {company}", "", (2, 3), (1, 3), ("phone", "video"), "outlook"),
    Kind("{company}: contract", "Renewal and the new data processing agreement.", (2, 4), (1, 3), _CALLS, "outlook"),
    Kind("{first} / catch-up", "", (1, 2), (1, 1), ("video", "phone", ""), "google"),
    Kind("Interview: {first}", "Please leave your notes on the same day.", (3, 4), (2, 3), _CALLS, "google"),
    Kind("Budget planning", "Second round.", (4,), (2, 4), _CALLS, "outlook"),
    Kind("Roadmap workshop", "1. Where we are\n2. What is asked for", (4,), (3, 6), _CALLS, "google"),
    Kind("Incident review", "What happened, what we learn; no blame.", (2, 4), (2, 5), ("video",), "google"),
    Kind("Focus time", "", (4,), (0, 0), ("",), "smartcal"),
    Kind("Lunch with {first}", "", (4,), (1, 1), ("physical",), "icloud", opens=48, closes=54),
    Kind("Dentist", "", (2, 3), (0, 0), ("physical",), "icloud", private=True),
    Kind("School meeting", "", (2,), (0, 0), ("physical",), "icloud", private=True),
    Kind("Physiotherapy", "", (2, 3), (0, 0), ("physical",), "icloud", private=True, opens=62),
    Kind("Quarterly review with {company}", "Figures first, then questions.", (4,), (2, 5), _CALLS, "outlook"),
    Kind("Support hand-over", "", (1, 2), (1, 2), ("video", ""), "google"),
    Kind("Security questionnaire", "For {company}.", (2, 3), (1, 2), ("video",), "smartcal"),
    Kind("Press call", "", (1, 2), (1, 2), ("phone",), "outlook"),
)  # fmt: skip

SERIES = (
    Kind("Team weekly", "Round of news, then blockers.", (2, 3), (3, 6), _CALLS, "google"),
    Kind("1:1 with {first}", "", (2,), (1, 1), _CALLS, "google"),
    Kind("Sprint planning", "", (4,), (3, 5), _CALLS, "google"),
    Kind("Pipeline review", "", (2, 3), (2, 4), ("video",), "outlook"),
    Kind("Language class", "", (3, 4), (0, 0), ("video",), "icloud", private=True),
    Kind("{company}: status", "Open points are in the shared list.", (2,), (1, 3), ("phone", "video"), "outlook"),
)  # fmt: skip

STAND_UP = Kind("Stand-up", "Fifteen minutes, standing.", (1,), (2, 5), ("video",), "google", closes=44)

PATTERNS = ((0,), (1,), (2,), (3,), (4,), (0,), (1, 3), (0, 2, 4))
"""Weekdays (0 is Monday) on which a series repeats; the stand-up repeats on all five."""

WHOLE_DAYS = (
    ("{first}'s birthday", 1, "icloud"),
    ("Release freeze", 3, "google"),
    ("On call", 7, "google"),
    ("Team offsite", 2, "outlook"),
    ("Quarterly figures due", 1, "outlook"),
    ("Conference week", 5, "smartcal"),
    ("{company} anniversary", 1, "google"),
)
"""Title, days, and the calendar it usually is on. A stay that ends before them cuts them short."""
