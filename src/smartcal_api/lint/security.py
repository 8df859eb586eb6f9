"""Who may call: the schemes and scopes that requirements name are there, and those that are there are asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.document import escape, unescape
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.objects import FLOW_NEEDS, SCHEME_NEEDS


def security(index: Index) -> Iterator[Found]:
    schemes = _schemes(index)
    scopes = {name: _scopes(scheme) for name, scheme in schemes.items()}
    asked: set[str] = set()
    named: set[str] = set()
    for at, requirement in index.all("security requirement"):
        for name, wanted in requirement.items():
            named.add(name)
            where = f"{at}/{escape(name)}"
            if name not in schemes:
                if index.version >= "3.2" and "/" in name:
                    continue
                meant = closest(name, tuple(schemes)) or "; add it to components/securitySchemes"
                yield Found("security/scheme-unknown", where, f"{name} is not a security scheme{meant}")
                continue
            for number, scope in enumerate(wanted if isinstance(wanted, list) else ()):
                asked.add(scope)
                kind = schemes[name].get("type")
                if kind == "oauth2" and scope not in scopes[name]:
                    meant = closest(str(scope), tuple(scopes[name])) or "; add it to the scopes of its flows"
                    yield Found(
                        "security/scope-unknown", f"{where}/{number}", f"{scope} is not a scope of {name}{meant}"
                    )
                elif kind in ("apiKey", "http", "mutualTLS") and index.version == "3.0":
                    said = f"{scope} is a scope, and {name} has none in OpenAPI 3.0; leave it out"
                    yield Found("security/scope-unknown", f"{where}/{number}", said)
    yield from _unused(index, asked, named)
    yield from _incomplete(index)


def _unused(index: Index, asked: set[str], named: set[str]) -> Iterator[Found]:
    implying = index.data.get("x-scope-implies")
    asked = asked | set(implying if isinstance(implying, Mapping) else ())
    for at, flow in index.all("flow"):
        scheme = unescape(at.split("/")[3]) if at.startswith("/components/securitySchemes/") else ""
        stated = flow.get("scopes")
        for scope in stated if isinstance(stated, dict) and scheme in named else ():
            if scope not in asked:
                said = f"no operation asks for {scope}, so nobody needs it; leave it out, or ask for it"
                yield Found("security/scope-unused", f"{at}/scopes/{escape(scope)}", said)
    for name in _schemes(index):
        if name not in named:
            said = f"no operation asks for {name}; name it in a security, or leave it out"
            yield Found("security/scheme-unused", f"/components/securitySchemes/{escape(name)}", said)


def _incomplete(index: Index) -> Iterator[Found]:
    for at, scheme in index.all("security scheme"):
        kind = scheme.get("type")
        for name in SCHEME_NEEDS.get(kind, ()) if isinstance(kind, str) else ():
            if name not in scheme:
                said = f"is missing {name}, which a scheme of type {kind} needs; add it"
                yield Found("structure/missing-member", at, said)
        flows = scheme.get("flows")
        for flow, needed in FLOW_NEEDS.items() if isinstance(flows, dict) else ():
            stated = flows.get(flow)
            for name in needed if isinstance(stated, dict) else ():
                if name not in stated:
                    said = f"is missing {name}, which the flow {flow} needs; add it"
                    yield Found("structure/missing-member", f"{at}/flows/{flow}", said)


def _schemes(index: Index) -> Mapping[str, Any]:
    components = index.data.get("components")
    stated = components.get("securitySchemes") if isinstance(components, dict) else None
    found = {}
    for name, each in stated.items() if isinstance(stated, dict) else ():
        scheme, _ = index.follow(each)
        if isinstance(scheme, dict):
            found[name] = scheme
    return found


def _scopes(scheme: Mapping[str, Any]) -> set[str]:
    flows = scheme.get("flows")
    found: set[str] = set()
    for flow in flows.values() if isinstance(flows, dict) else ():
        scopes = flow.get("scopes") if isinstance(flow, dict) else None
        found |= set(scopes if isinstance(scopes, dict) else ())
    return found
