"""Parameters, bodies, answers and headers of two operations, by the direction in which they go."""

from typing import Any

from smartcal_api.changes.change import Audience, Changes
from smartcal_api.changes.containment import End
from smartcal_api.changes.delta import Level, Proof
from smartcal_api.changes.flat import Placed
from smartcal_api.changes.schemas import Schemas
from smartcal_api.changes.side import table
from smartcal_api.changes.verification import Verification
from smartcal_api.changes.wording import deprecation
from smartcal_api.contract.document import escape

Members = dict[str, tuple[Any, str]]


class Messages:
    """What goes over the wire of one pair of operations after the other; the findings go into `changes`."""

    def __init__(self, old: End, new: End, changes: Changes) -> None:
        self.old, self.new = old, new
        self.changes = changes
        self.schemas = Schemas(old, new)
        self._verification = Verification(old, new)

    def schema(
        self, old: Placed | None, new: Placed | None, *, sent: bool, audience: Audience, subject: str, part: str
    ) -> None:
        """Two schemas of whole values; a missing one admits everything."""
        before, after = old or Placed(True, ""), new or Placed(True, "")
        for delta in self.schemas.compare(before, after, sent=sent):
            change = self.changes.add_delta(delta, audience, subject, part)
            if change is None or delta.witness is None or change.level is Level.COMPATIBLE:
                continue
            admitting, admitted = self.schemas.ends(sent=sent)
            wide, narrow = (before, after) if sent else (after, before)
            value = delta.witness.whole
            change.verified_by = self._verification.validators(admitting, wide, admitted, narrow, value)
            if not change.verified_by:
                change.witness, change.proof = None, Proof.CONTAINMENT

    def content(
        self, old: Any, new: Any, at: tuple[str, str], *, sent: bool, audience: Audience, subject: str, part: str
    ) -> None:
        """Two `content` maps: media types, then the schema of each."""
        before, after = _media(old, at[0]), _media(new, at[1])
        for name in dict.fromkeys([*before, *after]):
            if name in before and name in after:
                (one, one_at), (other, other_at) = before[name], after[name]
                self.schema(
                    schema_of(one, one_at),
                    schema_of(other, other_at),
                    sent=sent,
                    audience=audience,
                    subject=subject,
                    part=part,
                )
                for key in ("encoding", "prefixEncoding", "itemEncoding"):
                    if (one.get(key) or {}) != (other.get(key) or {}):
                        places = (f"{one_at}/{key}", f"{other_at}/{key}")
                        self.changes.add("body-encoding", audience, subject, part, f"{name}: {key}", places)
            elif name in before:
                where = (before[name][1], at[1])
                self.changes.add("media-type-removed", audience, subject, part, f"{name} is gone", where)
            else:
                where = (at[0], after[name][1])
                self.changes.add("media-type-added", audience, subject, part, f"{name} is new", where)

    def headers(self, old: Any, new: Any, at: tuple[str, str], *, audience: Audience, subject: str, part: str) -> None:
        """The headers of an answer, whose names have no case."""
        before = self._headers(self.old, old, f"{at[0]}/headers")
        after = self._headers(self.new, new, f"{at[1]}/headers")
        spelled = {name.lower(): name for message in (old, new) for name in table(message.get("headers"))}
        for name in dict.fromkeys([*before, *after]):
            named = f"{part} {spelled[name]}"
            self.field(before.get(name), after.get(name), at, audience=audience, subject=subject, part=named)

    def field(
        self,
        old: tuple[Any, str] | None,
        new: tuple[Any, str] | None,
        at: tuple[str, str],
        *,
        audience: Audience,
        subject: str,
        part: str,
    ) -> None:
        """A header that is sent, in an answer or with a delivery."""
        where = (old[1] if old else at[0], new[1] if new else at[1])
        if old is None or new is None:
            if new is not None:
                rule, text = "header-added", "a new header"
            else:
                required = old is not None and old[0].get("required") is True
                rule = "header-removed" if required else "optional-header-removed"
                text = "the header is gone"
            self.changes.add(rule, audience, subject, part, text, where)
            return
        before, after = bool(old[0].get("required")), bool(new[0].get("required"))
        if before != after:
            rule = "header-optional" if before else "header-required"
            text = "required → optional" if before else "optional → required"
            self.changes.add(rule, audience, subject, part, text, where)
        deprecated = deprecation("header", old[0], new[0])
        if deprecated:
            self.changes.add(deprecated[0], audience, subject, part, deprecated[1], where)
        values = old[0].get("x-value"), new[0].get("x-value")
        if values[0] != values[1]:
            text = f"x-value {values[0] or '(none)'} → {values[1] or '(none)'}"
            self.changes.add("header-value-changed", audience, subject, part, text, where)
        for key, default in (("style", "simple"), ("explode", False)):
            values = old[0].get(key, default), new[0].get(key, default)
            if values[0] != values[1]:
                text = f"{key} {values[0]} → {values[1]}"
                self.changes.add("header-encoding", audience, subject, part, text, where)
        self.schema(schema_of(*old), schema_of(*new), sent=True, audience=audience, subject=subject, part=part)

    @staticmethod
    def _headers(end: End, message: Any, at: str) -> Members:
        found: Members = {}
        for name, each in table(message.get("headers")).items():
            header, where = end.side.follow(each, f"{at}/{escape(name)}")
            if name.lower() != "content-type" and isinstance(header, dict):
                found[name.lower()] = (header, where)
        return found


def _media(content: Any, at: str) -> Members:
    """By type and subtype in lower case, with what parameters they have but the charset."""
    found: Members = {}
    for name, media in table(content).items():
        parts = [each.strip().lower() for each in name.split(";")]
        key = "; ".join([parts[0], *sorted(each for each in parts[1:] if not each.startswith("charset="))])
        if isinstance(media, dict):
            found.setdefault(key, (media, f"{at}/{escape(name)}"))
    return found


def schema_of(stated: Any, at: str) -> Placed | None:
    """The schema of a parameter, a header or a media type; that of its items where it is a stream."""
    for key in ("schema", "itemSchema"):
        if key in stated:
            return Placed(stated[key], f"{at}/{key}")
    for name, media in table(stated.get("content")).items():
        if isinstance(media, dict) and "schema" in media:
            return Placed(media["schema"], f"{at}/content/{escape(name)}/schema")
    return None
