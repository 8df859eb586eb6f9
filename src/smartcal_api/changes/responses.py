"""The answers of an operation, by status; a range (`4XX`) and `default` stand for what isn't written out."""

from typing import Any

from smartcal_api.changes.change import Audience
from smartcal_api.changes.messages import Members, Messages
from smartcal_api.changes.side import own
from smartcal_api.contract.document import escape

Table = tuple[Any, str]


class Responses:
    """Two tables of answers. Those of the server are promised; those of a receiver are taken (`replies`)."""

    def __init__(self, messages: Messages, subject: str, audience: Audience) -> None:
        self._messages = messages
        self._changes = messages.changes
        self._subject = subject
        self._audience = audience

    def compare(self, old: Table, new: Table) -> None:
        before, after = self._read(old, new)
        for status in dict.fromkeys([*before, *after]):
            one, other = _standing(before, status), _standing(after, status)
            if one and other:
                self._answer(status, one, other)
            elif one:
                error = status[0] in "45"
                rule = "error-status-removed" if error else "status-removed"
                self._add(rule, status, "the answer is gone", (one[1], new[1]))
            elif other:
                self._add("status-added", status, "a new answer", (old[1], other[1]))

    def replies(self, old: Table, new: Table) -> None:
        before, after = self._read(old, new)
        for status in dict.fromkeys([*before, *after]):
            one, other = _standing(before, status), _standing(after, status)
            if one and not other:
                self._add("reply-refused", status, "a reply that isn't foreseen any more", (one[1], new[1]))
            elif other and not one:
                self._add("reply-accepted", status, "another reply", (old[1], other[1]))
            elif one and other:
                contents = one[0].get("content"), other[0].get("content")
                if contents[0] and contents[1]:
                    at = (f"{one[1]}/content", f"{other[1]}/content")
                    self._messages.content(
                        *contents, at, sent=False, audience=self._audience, subject=self._subject, part=status
                    )
                elif contents[0] or contents[1]:
                    text = "a body is no longer foreseen" if contents[0] else "a body is foreseen now"
                    self._add("reply-body-changed", status, text, (one[1], other[1]))

    def _read(self, old: Table, new: Table) -> tuple[Members, Members]:
        sides = []
        for end, (table, at) in ((self._messages.old, old), (self._messages.new, new)):
            found: Members = {}
            for status, each in own(table).items():
                response, where = end.side.follow(each, f"{at}/{escape(status)}")
                if isinstance(response, dict):
                    found[status.upper() if status != "default" else status] = (response, where)
            sides.append(found)
        return sides[0], sides[1]

    def _answer(self, status: str, one: tuple[Any, str], other: tuple[Any, str]) -> None:
        at = (one[1], other[1])
        about: dict[str, Any] = {"audience": self._audience, "subject": self._subject, "part": status}
        self._messages.headers(one[0], other[0], at, **about)
        contents = one[0].get("content"), other[0].get("content")
        self._messages.content(*contents, (f"{at[0]}/content", f"{at[1]}/content"), sent=True, **about)
        links = own(one[0].get("links")), own(other[0].get("links"))
        for name in links[0].keys() - links[1].keys():
            self._add("link-removed", status, f"the link {name} is gone", at)
        for name in links[1].keys() - links[0].keys():
            self._add("link-added", status, f"the link {name} is new", at)
        for name in links[0].keys() & links[1].keys():
            ends = self._messages.old, self._messages.new
            found = [end.side.follow(each[name], "")[0] for end, each in zip(ends, links, strict=True)]
            if _leads(found[0]) != _leads(found[1]):
                places = (f"{at[0]}/links/{escape(name)}", f"{at[1]}/links/{escape(name)}")
                self._add("link-changed", status, f"the link {name} leads elsewhere", places)

    def _add(self, rule: str, status: str, text: str, at: tuple[str, str]) -> None:
        self._changes.add(rule, self._audience, self._subject, status, text, at)


def _leads(link: Any) -> Any:
    return {k: v for k, v in own(link).items() if k != "description"}


def _standing(table: Members, status: str) -> tuple[Any, str] | None:
    """The answer that holds for a status: its own, that of its range, the default."""
    return table.get(status) or table.get(f"{status[0]}XX") or table.get("default")
