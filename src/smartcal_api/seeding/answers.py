"""What invitees write: answers to a page's questions, and reasons for a cancellation."""

from random import Random
from typing import Any

from smartcal_api.seeding.pages import Question
from smartcal_api.seeding.people import Person

_TEXTS = (
    "We are comparing a few tools and would like to see how yours handles several teams.",
    "Moving our bookings over from a spreadsheet.",
    "Pricing for about forty seats, and whether invoices can be yearly.",
    "A follow-up to our talk last month: the questions from our security review.",
    "Can your API tell us about cancellations as they happen?",
    "I'd like to understand the integration with our calendars.",
    "Just getting to know each other.",
    "Rescheduling, time zones and everything that went wrong last time :)",
)
_REASONS = (
    "Schedule conflict",
    "I'm ill, sorry!",
    "Travelling that day after all",
    "We solved it by e-mail",
    "Please let us meet in the new quarter instead",
    "The project is on hold",
    "Double-booked",
)


def answers(rng: Random, questions: tuple[Question, ...], invitee: Person) -> list[dict[str, Any]]:
    """One answer a question, in their order; some that aren't required are left out."""
    return [
        {"question": question.label, "answer": answer}
        for question in questions
        if (question.required or rng.random() < 0.7) and (answer := _answer(rng, question, invitee))
    ]


def reason(rng: Random) -> str | None:
    return rng.choice(_REASONS) if rng.random() < 0.75 else None


def _answer(rng: Random, question: Question, invitee: Person) -> str:
    if question.type == "choice":
        return rng.choice(question.choices)
    if question.type == "phone":
        return invitee.phone or ""
    if question.label == "Company":
        return invitee.company
    if question.type == "text":
        return f"https://portfolio.example.com/{invitee.email.partition('@')[0]}"
    return rng.choice(_TEXTS)
