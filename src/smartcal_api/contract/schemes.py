"""What the security schemes of a document say of credentials: where each is carried, and which scopes there are."""

from collections.abc import Iterator, Mapping
from typing import Any

BEARER, BASIC, HEADER, QUERY, COOKIE = "bearer", "basic", "header", "query", "cookie"
"""What carries a credential: the schemes of Authorization, else the place of a key. `carrier` adds its name."""
_SPOKEN = (BEARER, BASIC)


def carrier(scheme: Mapping[str, Any]) -> str:
    """What a credential of the scheme comes in: `bearer`, `basic`, or such as `header x-api-key`."""
    if scheme["type"] == "apiKey":
        name = scheme["name"].lower() if scheme["in"] == HEADER else scheme["name"]
        return f"{scheme['in']} {name}"
    return str(scheme["scheme"]).lower() if scheme["type"] == "http" else BEARER


def unpresentable(scheme: Mapping[str, Any]) -> str | None:
    """Why no request can satisfy the scheme here, if none can."""
    if scheme.get("type") == "mutualTLS":
        return "a client's certificate can't be asked for, since nothing is served by TLS"
    if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() not in _SPOKEN:
        return f"the HTTP scheme {scheme.get('scheme')} is not understood by the toolkit: there are bearer and basic"
    return None


def key_names(document: Mapping[str, Any], place: str) -> list[str]:
    """The names of the headers, query parameters or cookies that keys are read from."""
    schemes = document["components"].get("securitySchemes", {}).values()
    return list(dict.fromkeys(each["name"] for each in schemes if each["type"] == "apiKey" and each["in"] == place))


def scopes_of(scheme: Any) -> Iterator[str]:
    """Those of an oauth2 scheme's flows, some of them more than once."""
    flows = scheme.get("flows") if isinstance(scheme, dict) else None
    for flow in flows.values() if isinstance(flows, dict) else ():
        scopes = flow.get("scopes") if isinstance(flow, dict) else None
        yield from (each for each in scopes if not each.startswith("x-")) if isinstance(scopes, dict) else ()


CLIENT_CREDENTIALS = "clientCredentials"


def flows(document: Mapping[str, Any]) -> frozenset[str]:
    """The names of the flows that oauth2 schemes have."""
    schemes = document["components"].get("securitySchemes", {}).values()
    stated = [each.get("flows") for each in schemes if isinstance(each, dict)]
    return frozenset(name for each in stated if isinstance(each, dict) for name in each)
