"""Who may call: a change breaks unless every credential that was enough still is, implied scopes counted."""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from smartcal_api.changes.change import Audience, Changes
from smartcal_api.changes.operations import Placed
from smartcal_api.changes.side import Side, own, table
from smartcal_api.changes.wording import deprecation
from smartcal_api.contract.document import escape

_MOST_CREDENTIALS = 200
Credential = frozenset[tuple[str, frozenset[str]]]


class Security:
    """The security schemes of the two documents, and what each operation asks for."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self._sides = old, new
        self._changes = changes
        self._schemes = _schemes(old), _schemes(new)
        self._implied = _implied(old), _implied(new)
        self._same = _same_schemes(*self._schemes)

    def schemes(self) -> None:
        """Each scheme: how a credential is shown, where apps sign in, which scopes there are."""
        for name, (before, at) in self._schemes[0].items():
            if name not in self._schemes[1]:
                continue
            after, new_at = self._schemes[1][name]
            shown = _mechanism(before), _mechanism(after)
            if shown[0] != shown[1]:
                text = f"{' '.join(map(str, shown[0]))} → {' '.join(map(str, shown[1]))}"
                self._add("security-scheme-changed", name, "", text, (at, new_at))
            deprecated = deprecation("security-scheme", before, after)
            if deprecated:
                self._add(deprecated[0], name, "", deprecated[1], (at, new_at))
            self._urls(name, before, after, (at, new_at))
            flows = own(before.get("flows")), own(after.get("flows"))
            for flow in dict.fromkeys([*flows[0], *flows[1]]):
                self._flow(name, flow, flows[0].get(flow), flows[1].get(flow), (f"{at}/flows", f"{new_at}/flows"))
        self._implications()

    def operation(self, before: Placed, after: Placed) -> None:
        asked = [
            (each.stated["security"], f"{each.at}/security")
            if "security" in each.stated
            else (side.data.get("security", []), "/security")
            for side, each in zip(self._sides, (before, after), strict=True)
        ]
        at = (asked[0][1], asked[1][1])
        lost = [each for each in self._enough(0, asked[0][0]) if not self._admitted(each, asked[1][0], 1, self._same)]
        back = {new: old for old, new in self._same.items()}
        won = [each for each in self._enough(1, asked[1][0]) if not self._admitted(each, asked[0][0], 0, back)]
        if lost:
            text = f"{_said(min(lost, key=_size))} was enough and isn't; {_alternatives(asked[1][0])} is asked for now"
            self._changes.add("credential-not-enough", Audience.CALLERS, after.title, "security", text, at)
        elif won:
            text = f"{_said(min(won, key=_size))} is enough now"
            self._changes.add("credential-enough", Audience.CALLERS, after.title, "security", text, at)

    def _flow(self, name: str, flow: str, before: Any, after: Any, at: tuple[str, str]) -> None:
        if before is None or after is None:
            rule = "oauth-flow-added" if before is None else "oauth-flow-removed"
            self._add(rule, name, flow, "the flow is new" if before is None else "the flow is gone", at)
            return
        places = (f"{at[0]}/{flow}", f"{at[1]}/{flow}")
        self._urls(name, before, after, places, flow)
        scopes = table(before.get("scopes")), table(after.get("scopes"))
        inside = (f"{places[0]}/scopes", f"{places[1]}/scopes")
        for scope in dict.fromkeys([*scopes[0], *scopes[1]]):
            if scope not in scopes[1]:
                where = (f"{inside[0]}/{escape(scope)}", inside[1])
                self._add("scope-removed", name, flow, f"the scope {scope} is gone", where)
            elif scope not in scopes[0]:
                where = (inside[0], f"{inside[1]}/{escape(scope)}")
                self._add("scope-added", name, flow, f"the scope {scope} is new", where)

    def _urls(self, name: str, before: Any, after: Any, at: tuple[str, str], part: str = "") -> None:
        urls = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")
        for key in (*urls, "openIdConnectUrl", "oauth2MetadataUrl"):
            if key in before and before[key] != after.get(key):
                text = f"{key} {before[key]} → {after.get(key, '(none)')}"
                self._add("oauth-url-changed", name, part, text, (f"{at[0]}/{key}", f"{at[1]}/{key}"))
            elif key in after and key not in before:
                self._add("oauth-url-added", name, part, f"{key} {after[key]}", (at[0], f"{at[1]}/{key}"))

    def _implications(self) -> None:
        at = ("/x-scope-implies", "/x-scope-implies")
        for scope in dict.fromkeys([*self._implied[0], *self._implied[1]]):
            before, after = (each.get(scope, frozenset({scope})) for each in self._implied)
            if before - after:
                text = f"{scope} no longer stands for {', '.join(sorted(before - after))}"
                self._add("implied-scope-removed", "x-scope-implies", scope, text, at)
            if after - before:
                text = f"{scope} stands for {', '.join(sorted(after - before))}, too"
                self._add("implied-scope-added", "x-scope-implies", scope, text, at)

    def _enough(self, side: int, alternatives: Any) -> Iterator[Credential]:
        """The smallest credentials that are enough, with each scope as itself or as one that stands for it."""
        for alternative in alternatives or [{}]:
            ways = []
            for name, scopes in alternative.items():
                standing = [self._holding(side, scope) for scope in scopes]
                ways.append([(name, frozenset(held)) for held in product(*standing)])
            for chosen in islice(product(*ways), _MOST_CREDENTIALS):
                yield frozenset(chosen)

    def _holding(self, side: int, scope: str) -> list[str]:
        """The scope, then those that stand for it."""
        implied = self._implied[side]
        return [scope, *(each for each in implied if scope in implied[each] and each != scope)]

    def _admitted(self, credential: Credential, alternatives: Any, side: int, names: Mapping[str, str]) -> bool:
        held = {
            names[name]: {each for scope in scopes for each in self._implied[side].get(scope, {scope})}
            for name, scopes in credential
            if name in names
        }
        return any(
            all(name in held and set(scopes) <= held[name] for name, scopes in alternative.items())
            for alternative in alternatives or [{}]
        )

    def _add(self, rule: str, subject: str, part: str, text: str, at: tuple[str, str]) -> None:
        self._changes.add(rule, Audience.SIGNING_IN, subject, part, text, at)


def _schemes(side: Side) -> dict[str, tuple[Any, str]]:
    stated = table(table(side.data.get("components")).get("securitySchemes"))
    found = {}
    for name, each in stated.items():
        scheme, at = side.follow(each, f"/components/securitySchemes/{escape(name)}")
        if isinstance(scheme, dict):
            found[name] = (scheme, at)
    return found


def _same_schemes(old: dict[str, tuple[Any, str]], new: dict[str, tuple[Any, str]]) -> dict[str, str]:
    """Old names by new ones: of the same name, else of the only one that is shown in the same way."""
    found = {}
    for name, (scheme, _) in old.items():
        alike = [other for other, (each, _) in new.items() if _mechanism(each) == _mechanism(scheme)]
        if name in alike:
            found[name] = name
        elif name not in new and len(alike) == 1 and alike[0] not in old:
            found[name] = alike[0]
        elif name in new:
            continue
    # A scheme whose way has changed is told of once, where it stands, and not at each operation.
    return found | {name: name for name in old if name in new and name not in found}


def _mechanism(scheme: Any) -> tuple[Any, ...]:
    """How a credential of this scheme is shown."""
    kind = scheme.get("type")
    if kind == "apiKey":
        name = str(scheme.get("name"))
        return (kind, scheme.get("in"), name.lower() if scheme.get("in") == "header" else name)
    if kind == "http":
        return (kind, str(scheme.get("scheme")).lower())
    return (kind,)


def _implied(side: Side) -> dict[str, frozenset[str]]:
    """Each scope that stands for others, with all that it stands for, itself among them."""
    stated = {scope: set(each) for scope, each in own(side.policy.get("x-scope-implies")).items()}
    found = {}
    for scope in stated:
        held, fresh = {scope}, {scope}
        while fresh:
            fresh = {more for each in fresh for more in stated.get(each, ())} - held
            held |= fresh
        found[scope] = frozenset(held)
    return found


def _size(credential: Credential) -> tuple[int, list[str]]:
    return len(credential), sorted(f"{name} {sorted(scopes)}" for name, scopes in credential)


def _said(credential: Credential) -> str:
    if not credential:
        return "no credential"
    return " and ".join(
        f"{name} with {' and '.join(sorted(scopes))}" if scopes else name
        for name, scopes in sorted(credential, key=str)
    )


def _alternatives(stated: Any) -> str:
    named = [
        " and ".join(f"{n} {' '.join(s)}".strip() for n, s in each.items()) or "nothing" for each in stated or [{}]
    ]
    return " or ".join(named)
