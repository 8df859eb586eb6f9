"""Who called: what `--caller` names, else the fingerprint of the credential, else the User-Agent."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from smartcal_api.errors import UsageError
from smartcal_api.input import read_toml
from smartcal_api.traffic.call import Fields

_MASKED = "***"
UNKNOWN = "unknown caller"


@dataclass(frozen=True, slots=True)
class Callers:
    """`named` is the header or field that names the caller; `teams` has what some callers are called here;
    `credentials` are the headers that keys come in, in lower case."""

    named: str = ""
    teams: Mapping[str, str] = field(default_factory=dict)
    credentials: Collection[str] = ("authorization",)

    def of(self, headers: Fields, fields: Mapping[str, Any], principal: str = "") -> str:
        """`fields` are those of an access log, `principal` is the fingerprint that a journal has."""
        found = self._named(headers, fields) or principal or self._key(headers) or _agent(headers, fields) or UNKNOWN
        return self.teams.get(found, found)

    def _key(self, headers: Fields) -> str:
        """The fingerprint of the secret, which stands nowhere; the same secret is the same caller."""
        for name, value in headers:
            if name.lower() in self.credentials and value and _MASKED not in value:
                secret = value.partition(" ")[2] or value
                return f"key {sha256(secret.encode()).hexdigest()[:8]}"
        return ""

    def _named(self, headers: Fields, fields: Mapping[str, Any]) -> str:
        if not self.named:
            return ""
        given = next((value for name, value in headers if name.lower() == self.named.lower()), None)
        stated = given if given is not None else fields.get(self.named)
        return str(stated) if stated not in (None, "", "-") else ""


def read_callers(named: str | None, path: Path | None, data: Mapping[str, Any]) -> Callers:
    """The file is TOML: a table [callers], caller = "team"; `data` is a document whose schemes say what keys come in.
    Raises `UsageError`."""
    teams = read_toml(path).get("callers", {}) if path is not None else {}
    if not isinstance(teams, dict) or not all(isinstance(each, str) for each in teams.values()):
        raise UsageError(
            f'--callers: {path} has a table [callers], in which each caller is a text: "key 3f2a" = "web".'
        )
    return Callers(named or "", teams, ("authorization", *_headers(data)))


def _headers(data: Mapping[str, Any]) -> Iterator[str]:
    components = data.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and scheme.get("in") == "header" and isinstance(scheme.get("name"), str):
            yield scheme["name"].lower()


def _agent(headers: Fields, fields: Mapping[str, Any]) -> str:
    found = next((value for name, value in headers if name.lower() == "user-agent"), fields.get("user_agent"))
    return str(found) if found not in (None, "", "-") else ""
