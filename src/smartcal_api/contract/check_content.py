"""Media types of a response: each once, whatever their parameters, so that an answer falls under one of them."""

from collections.abc import Iterator

from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape
from smartcal_api.contract.media_type import essence
from smartcal_api.errors import Finding


def content(survey: Survey) -> Iterator[Finding]:
    for at, stated in survey.sound("response"):
        seen: dict[str, str] = {}
        for key in stated.get("content", {}):
            first = seen.setdefault(essence(key), key)
            if first != key:
                message = f"is the media type of {first} with other parameters, which can't be told apart; keep one"
                yield Finding(f"{at}/content/{escape(key)}", message)
