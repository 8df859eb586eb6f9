"""The form of a consent page, as a browser would fill it in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from smartcal_api.conformance.exchange import Exchange

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """Where it goes, what it sends back unseen, and each button with its value."""

    action: str
    fields: Pairs
    buttons: Pairs

    def decision(self, word: str) -> tuple[str, str] | None:
        """The button whose value says so."""
        return next(((name, value) for name, value in self.buttons if value == word), None)


@dataclass
class _Reader(HTMLParser):
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.forms.append(Form(given.get("action", ""), [], []))
        elif self.forms and "name" in given:
            pair = (given["name"], given.get("value", ""))
            if tag == "input" and given.get("type") == "hidden":
                self.forms[-1].fields.append(pair)
            elif tag == "button" or given.get("type") == "submit":
                self.forms[-1].buttons.append(pair)


def read_form(page: Exchange) -> Form | None:
    """The form of a page that can be answered without anything typed in; None where there is none."""
    if page.status != 200 or page.media_type != "text/html":
        return None
    reader = _Reader()
    reader.feed(page.body.decode("utf-8", "replace"))
    return next((form for form in reader.forms if form.decision("allow")), None)
