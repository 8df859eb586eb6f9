"""The form of a consent page, as a browser would fill it in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from smartcal_api.conformance.exchange import Exchange

Pairs = list[tuple[str, str]]
_WORDS = {
    "allow": ("allow", "approve", "accept", "authorize", "authorise", "grant", "agree", "yes", "true", "1"),
    "deny": ("deny", "reject", "refuse", "decline", "disallow", "cancel", "no", "false", "0"),
}
"""What a decision is called on pages; how they say it is a choice of theirs."""


@dataclass(frozen=True, slots=True)
class Button:
    name: str
    value: str
    label: str

    def says(self, word: str) -> bool:
        """By its value, its label, or its name, in this order of what a page most likely means."""
        said = (self.value, self.label.partition(" ")[0], self.name)
        return any(each.strip().lower() == word for each in said)


@dataclass(frozen=True, slots=True)
class Form:
    """Where it goes, what it sends back unseen, and its buttons."""

    action: str
    fields: Pairs = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def decision(self, word: str) -> Pairs | None:
        """What the button adds that says so: nothing, where it has no name; None where there is no such button."""
        for each in _WORDS.get(word, (word,)):
            found = next((button for button in self.buttons if button.says(each)), None)
            if found is not None:
                return [(found.name, found.value)] if found.name else []
        return None


@dataclass
class _Reader(HTMLParser):
    forms: list[Form] = field(default_factory=list)
    _open: dict[str, str] | None = None
    _label: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.forms.append(Form(given.get("action", "")))
        elif not self.forms:
            return
        elif tag == "button":
            self._open, self._label = given, ""
        elif tag == "input" and given.get("type", "").lower() == "submit":
            self._add(given, given.get("value", ""))
        elif tag == "input" and "name" in given and (given.get("type") == "hidden" or "checked" in given):
            self.forms[-1].fields.append((given["name"], given.get("value", "on" if "checked" in given else "")))

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._open is not None:
            self._add(self._open, self._label.strip())
            self._open = None

    def _add(self, given: dict[str, str], label: str) -> None:
        self.forms[-1].buttons.append(Button(given.get("name", ""), given.get("value", ""), label))


def read_form(page: Exchange) -> Form | None:
    """The form of a page that can be answered without anything typed in; None where there is none."""
    if page.status != 200 or page.media_type != "text/html":
        return None
    reader = _Reader()
    reader.feed(page.body.decode("utf-8", "replace"))
    return next((form for form in reader.forms if form.decision("allow") is not None), None)
