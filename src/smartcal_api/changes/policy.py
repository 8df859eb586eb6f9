"""The policy that our contracts state in `x-` members: limits, lifetimes, retries, names, order, problems."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from smartcal_api.changes.change import Audience, Changes
from smartcal_api.changes.forms import is_order
from smartcal_api.changes.messages import Messages
from smartcal_api.changes.operations import Placed
from smartcal_api.changes.responses import Responses
from smartcal_api.changes.side import own
from smartcal_api.changes.wording import shown
from smartcal_api.contract.bundle import FILES
from smartcal_api.contract.document import escape

_CALLERS, _RECEIVERS = Audience.CALLERS, Audience.RECEIVERS
# Members whose every value is a name, or a form, that somebody relies on.
_NAMES: Mapping[str, Audience] = {
    "/x-rate-limit-headers": _CALLERS,
    "/x-request-id": _CALLERS,
    "/x-pagination": _CALLERS,
    "/x-ids": _CALLERS,
    "/x-secrets": Audience.SIGNING_IN,
}
_BOUNDS = ("x-request-limits", "x-resource-limits")
_KNOWN = frozenset({"x-basis", "x-source", "x-sources", "x-sunset", "x-order", "x-filter", FILES})
# What our members say where they say nothing (`contract/signed.py`).
_SIGNED = {"encoding": "hex", "signed": "{body}", "key": "text"}


class Policy:
    """Compares what stands at the top of the documents, and the extensions of operations."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._changes: Changes = messages.changes
        self._sides = messages.old.side, messages.new.side
        self._old, self._new = (side.policy for side in self._sides)

    def compare(self) -> None:
        self._rate_limits()
        for pointer, audience in _NAMES.items():
            member = pointer[1:]
            self._names(member, self._old.get(member), self._new.get(member), audience, pointer)
        for member in _BOUNDS:
            self._bounds(member, "limit-lowered", "limit-raised", Audience.NEAR_A_LIMIT, limitless=True)
        self._bounds("x-lifetimes", "lifetime-shorter", "lifetime-longer", Audience.SIGNING_IN, limitless=False)
        signed = [{**_SIGNED, **each} if each else None for each in self._both("x-webhook-signature")]
        self._names(
            "x-webhook-signature",
            signed[0],
            signed[1],
            _RECEIVERS,
            "/x-webhook-signature",
            "signature-changed",
        )
        self._retries()
        self._cors()
        self._problems()
        at = "/x-unrouted-responses"
        Responses(self._messages, "any request", _CALLERS).compare(
            (self._old.get("x-unrouted-responses"), at), (self._new.get("x-unrouted-responses"), at)
        )
        beyond = [{k: v for k, v in side.data.items() if k not in side.policy} for side in self._sides]
        self._extensions("the document", beyond[0], beyond[1], ("", ""))

    def operation(self, before: Placed, after: Placed) -> None:
        at = (f"{before.at}/x-order", f"{after.at}/x-order")
        orders = before.stated.get("x-order"), after.stated.get("x-order")
        if orders[0] and is_order(orders[0]) and is_order(orders[1] or []) and orders[0] != orders[1]:
            refined = orders[1] is not None and orders[1][: len(orders[0])] == orders[0]
            rule = "order-refined" if refined else "order-changed"
            text = f"order {', '.join(orders[0])} → {', '.join(orders[1] or ['(none)'])}"
            self._changes.add(rule, _CALLERS, after.title, "x-order", text, at)
        elif orders[1] and not orders[0]:
            self._changes.add("order-added", _CALLERS, after.title, "x-order", f"order {', '.join(orders[1])}", at)
        self._extensions(before.path, before.item, after.item, (before.item_at, after.item_at))
        self._extensions(after.title, before.stated, after.stated, (before.at, after.at))

    def _both(self, member: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return own(self._old.get(member)), own(self._new.get(member))

    def _add(self, rule: str, audience: Audience, subject: str, part: str, text: str, pointer: str) -> None:
        self._changes.add(rule, audience, subject, part, text, (pointer, pointer))

    def _rate_limits(self) -> None:
        """A new limit is no news if one that was kept to implies it: L in any W seconds are L·⌈W′/W⌉ in any W′."""
        before, after = (
            {each["name"]: (each, f"/x-rate-limits/{i}") for i, each in enumerate(data.get("x-rate-limits") or ())}
            for data in (self._old, self._new)
        )
        for name in dict.fromkeys([*before, *after]):
            old, old_at = before.get(name, (None, "/x-rate-limits"))
            new, new_at = after.get(name, (None, "/x-rate-limits"))
            if (old and own(old)) == (new and own(new)):
                continue
            kept = new is None or any(
                each["limit"] * ceil(new["window_seconds"] / each["window_seconds"]) <= new["limit"]
                for each, _ in before.values()
            )
            text = f"{_limit(old)} → {_limit(new)}"
            rule = "limit-raised" if kept else "limit-lowered"
            self._changes.add(rule, Audience.NEAR_A_LIMIT, "x-rate-limits", name, text, (old_at, new_at))

    def _names(
        self, member: str, old: Any, new: Any, audience: Audience, at: str, rule: str = "policy-name-changed"
    ) -> None:
        if isinstance(old, dict) and isinstance(new, dict | None):
            for key in dict.fromkeys([*own(old), *own(new)]):
                self._names(member, own(old).get(key), own(new).get(key), audience, f"{at}/{escape(key)}", rule)
        elif old is None and new is not None:
            for key in own(new) if isinstance(new, dict) else ():
                self._names(member, None, own(new)[key], audience, f"{at}/{escape(key)}", rule)
            if not isinstance(new, dict):
                part = at.removeprefix(f"/{member}").strip("/").replace("/", ".")
                self._add("policy-name-added", audience, member, part, f"(none) → {shown(new)}", at)
        elif old is not None and old != new:
            part = at.removeprefix(f"/{member}").strip("/").replace("/", ".")
            self._add(rule, audience, member, part, f"{shown(old)} → {'(none)' if new is None else shown(new)}", at)

    def _bounds(self, member: str, lower: str, higher: str, audience: Audience, *, limitless: bool) -> None:
        """Numbers of which a higher one promises more. `limitless`: no number is no bound, else no promise."""
        before, after = self._both(member)
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            missing = float("inf") if limitless else 0
            rule = lower if (missing if new is None else new) < (missing if old is None else old) else higher
            text = f"{'(none)' if old is None else shown(old)} → {'(none)' if new is None else shown(new)}"
            self._add(rule, audience, member, key, text, f"/{member}/{escape(key)}")

    def _retries(self) -> None:
        member, (before, after) = "x-retry-schedule", self._both("x-retry-schedule")
        if not before:
            if after:
                self._add("policy-name-added", _RECEIVERS, member, "", "deliveries are tried again", f"/{member}")
            return
        delays = before.get("delays_seconds") or [], after.get("delays_seconds") or []
        if delays[0] != delays[1]:
            fewer = len(delays[1]) < len(delays[0]) or sum(delays[1]) < sum(delays[0])
            longer = len(delays[1]) > len(delays[0]) and sum(delays[1]) >= sum(delays[0])
            rule = "retries-fewer" if fewer else "retries-more" if longer else "retries-moved"
            text = f"{len(delays[0])} attempts over {sum(delays[0])} s → {len(delays[1])} over {sum(delays[1])} s"
            self._add(rule, _RECEIVERS, member, "delays_seconds", text, f"/{member}/delays_seconds")
        for key in ("attempt_timeout_seconds", "disable_after_exhausted"):
            values = before.get(key), after.get(key)
            if values[0] != values[1]:
                rule = "retries-moved"
                if isinstance(values[0], int) and isinstance(values[1], int):
                    rule = "retries-fewer" if values[1] < values[0] else "retries-more"
                self._add(rule, _RECEIVERS, member, key, f"{values[0]} → {values[1]}", f"/{member}/{key}")
        if before.get("jitter_percent") != after.get("jitter_percent"):
            text = f"{before.get('jitter_percent')} → {after.get('jitter_percent')}"
            self._add("retries-moved", _RECEIVERS, member, "jitter_percent", text, f"/{member}/jitter_percent")
        statuses = set(before.get("disable_on_status") or ()), set(after.get("disable_on_status") or ())
        for more, rule, text in (
            (statuses[1] - statuses[0], "retries-fewer", "ends the subscription now"),
            (statuses[0] - statuses[1], "retries-more", "ends the subscription no longer"),
        ):
            for status in sorted(more):
                self._add(
                    rule, _RECEIVERS, member, "disable_on_status", f"{status} {text}", f"/{member}/disable_on_status"
                )

    def _cors(self) -> None:
        before, after = self._both("x-cors")
        exposed = [{name.lower(): name for name in each.get("expose") or ()} for each in (before, after)]
        at = "/x-cors/expose"
        for low in exposed[0].keys() - exposed[1].keys() if before else ():
            self._add("cors-narrowed", _CALLERS, "x-cors", "expose", f"{exposed[0][low]} isn't exposed any more", at)
        for low in exposed[1].keys() - exposed[0].keys():
            self._add("cors-widened", _CALLERS, "x-cors", "expose", f"{exposed[1][low]} is exposed", at)
        ages = before.get("max_age_seconds"), after.get("max_age_seconds")
        if ages[0] != ages[1]:
            text = f"{ages[0]} → {ages[1]}"
            self._add("cors-widened", _CALLERS, "x-cors", "max_age_seconds", text, "/x-cors/max_age_seconds")

    def _problems(self) -> None:
        before, after = self._both("x-problems")
        for code in dict.fromkeys([*before, *after]):
            old, new, at = before.get(code), after.get(code), f"/x-problems/{escape(code)}"
            if old is None or new is None:
                rule, text = ("problem-added", "a new code") if old is None else ("problem-removed", "the code is gone")
                self._add(rule, _CALLERS, "x-problems", code, text, at)
                continue
            for key, rule in (("status", "problem-status"), ("title", "problem-title")):
                if old.get(key) != new.get(key):
                    text = f"{key} {shown(old.get(key))} → {shown(new.get(key))}"
                    self._add(rule, _CALLERS, "x-problems", code, text, f"{at}/{key}")

    def _extensions(self, subject: str, old: Mapping[str, Any], new: Mapping[str, Any], at: tuple[str, str]) -> None:
        for key in dict.fromkeys([*old, *new]):
            if key.startswith("x-") and key not in _KNOWN and old.get(key) != new.get(key):
                text = f"{shown(old.get(key), 30)} → {shown(new.get(key), 30)}"
                places = tuple(f"{where}/{escape(key)}" for where in at)
                self._changes.add("extension-changed", _CALLERS, subject, key, text, (places[0], places[1]))


def _limit(stated: Any) -> str:
    return f"{stated['limit']} in {stated['window_seconds']} s" if stated else "(none)"
