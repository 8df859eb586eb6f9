"""Strings: as the format says, else as the property's name suggests, else as the pattern demands, else a few words."""

from collections.abc import Callable, Iterator

from smartcal_api.mock.formats import FORMATS
from smartcal_api.mock.merging import Flat, Schema
from smartcal_api.mock.names import TEXTS, meaning
from smartcal_api.mock.patterns import matches
from smartcal_api.mock.source import Source
from smartcal_api.mock.unsatisfiable import Unsatisfiable

_KEYWORDS = ("format", "pattern", "minLength", "maxLength")
_LONGEST = 1_000_000


def make_string(flat: Flat, source: Source, accepts: Callable[[Schema, str], bool]) -> str:
    """The most realistic string that satisfies `flat`'s string keywords; raises `Unsatisfiable`."""
    if flat.get("minLength", 0) > _LONGEST:
        raise Unsatisfiable(source.place.where, f"a string of {flat['minLength']} characters isn't worth making")
    rules = {keyword: flat[keyword] for keyword in _KEYWORDS if keyword in flat}
    for text in _candidates(flat, source):
        if not rules or accepts(rules, text):
            return text
    stated = ", ".join(f"{keyword} {value!r}" for keyword, value in rules.items())
    raise Unsatisfiable(source.place.where, f"no string found for {stated}")


def _candidates(flat: Flat, source: Source) -> Iterator[str]:
    low, high = flat.get("minLength", 0), flat.get("maxLength")
    known = FORMATS.get(flat.get("format", ""), ())
    for make in known:
        yield make(source)
    named = () if known else meaning(TEXTS, source.name) or ()
    for make in named:
        yield make(source)
    if "pattern" in flat:
        for text in matches(flat["pattern"], source.random, shortest=low, where=source.place.where):
            yield text
            if known:  # a pattern for a part (`@corp`) beside a format for the whole
                yield source.fake.word() + text + source.fake.word()
        return
    for make in named:
        yield fit(make(source), low, high, source)
    yield fit(source.fake.sentence().removesuffix(".") if low > 20 else source.fake.word(), low, high, source)


def fit(text: str, low: int, high: int | None, source: Source) -> str:
    """`text` brought to between `low` and `high` characters: words added, or cut off where possible between words."""
    while len(text) < low:
        text += " " + (source.fake.paragraph() + " ") * ((low - len(text)) // 400) + source.fake.word()
    if high is None or len(text) <= high:
        return text
    cut = text[:high].rsplit(" ", 1)[0].rstrip(" .,")
    if len(cut) >= max(low, 1):
        return cut
    cut = text[:high]
    return cut if cut == cut.strip() else text.replace(" ", "")[:high].ljust(low, "a")
