"""`[targets.NAME]` in `smartcal.toml`: what a team knows of a deployment, wherever a command takes a ready file.

What is secret stands there as the name of the variable that holds it. What is the same as a flag of the command is that
flag's default: the command line and the environment win over it.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartcal_api.cli.main import SETTINGS_FILE
from smartcal_api.errors import UsageError, hint
from smartcal_api.input import read_toml

if TYPE_CHECKING:
    from smartcal_api.remote import Target

_VARIABLE = re.compile(r"\$?([A-Z_][A-Z0-9_]*)", re.ASCII)
_SECRETS = ("keys", "other_keys", "tokens")
_FLAGS = (
    *("overlay", "baseline", "budget", "reserve", "spec", "strict", "require", "profile", "cacert", "client_cert"),
    *("allow_writes", "exhaust"),
)
"""What a flag says of the same name, of those that a command has."""
_PLAIN = ("control", "receiver_url", "receiver_port", "cancellable")
_MEMBERS = ("url", *_SECRETS, "clients", "control_token", "headers", *_PLAIN, *_FLAGS)
_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "url": (str, "text"),
    "control": (str, "text"),
    "control_token": (str, "the name of a variable"),
    "receiver_url": (str, "text"),
    "receiver_port": (int, "a whole number"),
    "cancellable": (list, "a list of ids"),
    "keys": (dict, 'scopes and names of variables, such as { read = "STAGING_KEY_READ" }'),
    "other_keys": (dict, 'scopes and names of variables, such as { read = "STAGING_OTHER_KEY" }'),
    "tokens": (dict, 'scopes and names of variables, such as { read = "STAGING_TOKEN" }'),
    "headers": (dict, 'names and values, such as { X-Gateway = "$GATEWAY_KEY" }'),
    "clients": (list, "tables with id, and secret and redirect_uris where it has them"),
}


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """`table` as it stands in the file, its names with underscores."""

    name: str
    table: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{SETTINGS_FILE}: [targets.{self.name}]"

    def document(self, environment: Mapping[str, str], *, control_only: bool = False) -> dict[str, Any]:
        """As a ready file says it, with the secrets of the variables; raises `UsageError` for one that isn't set.

        With `control_only` it has what commands ask for that are about the control plane.
        """
        found: dict[str, Any] = {"root_url": self.table["url"].rstrip("/")}
        if "control" in self.table:
            found["control_url"] = self.table["control"].rstrip("/")
        if "control_token" in self.table:
            found["control_token"] = self._secret("control_token", self.table["control_token"], environment)
        if control_only:
            return found
        found |= {name: self.table[name] for name in _PLAIN if name in self.table and name != "control"}
        keys, other, tokens = (self._secrets(name, environment) for name in _SECRETS)
        headers = {
            name: self._header(name, value, environment) for name, value in self.table.get("headers", {}).items()
        }
        clients = [self._client(each, environment) for each in self.table.get("clients", ())]
        return found | {
            "keys": keys,
            "tokens": tokens,
            "other": {"keys": other},
            "headers": headers,
            "oauth": {"clients": clients},
        }

    @property
    def flags(self) -> dict[str, Any]:
        """What is the default of a flag, by its name with underscores."""
        found = {name: self.table[name] for name in _FLAGS if name in self.table}
        if isinstance(found.get("overlay"), str):
            found["overlay"] = [found["overlay"]]
        if found.get("strict") is True:
            found["strict"] = ["all"]
        return found

    def _secrets(self, member: str, environment: Mapping[str, str]) -> dict[str, list[str]]:
        return {
            scopes: [
                self._secret(f"{member}.{scopes}", each, environment)
                for each in (variables if isinstance(variables, list) else [variables])
            ]
            for scopes, variables in self.table.get(member, {}).items()
        }

    def _secret(self, where: str, variable: Any, environment: Mapping[str, str]) -> str:
        named = _VARIABLE.fullmatch(variable) if isinstance(variable, str) else None
        if named is None:  # it may be the secret itself, which is repeated nowhere
            raise UsageError(
                f"{self.place}: {where} names the variable that holds the secret, in capital letters, and not the "
                "secret itself."
            )
        value = environment.get(named[1])
        if not value:
            raise UsageError(f"{self.place}: {where}: the variable {named[1]} is not set.")
        return value

    def _header(self, name: str, value: Any, environment: Mapping[str, str]) -> str:
        """A value, or `$VARIABLE`."""
        if isinstance(value, str) and value.startswith("$"):
            return self._secret(f"headers.{name}", value, environment)
        return str(value)

    def _client(self, stated: Any, environment: Mapping[str, str]) -> dict[str, Any]:
        identifier = stated.get("id") if isinstance(stated, dict) else None
        if not isinstance(identifier, str) or not isinstance(stated.get("redirect_uris", []), list):
            raise UsageError(f"{self.place}: clients are {_KINDS['clients'][1]}.")
        found = {"client_id": identifier, "redirect_uris": stated.get("redirect_uris", [])}
        if "secret" in stated:
            found["client_secret"] = self._secret(f"clients.{identifier}.secret", stated["secret"], environment)
        return found


def target_option(option: Callable[..., Callable[..., Any]], said: str) -> Callable[..., Any]:
    """`--target`, of a command whose flags `option` makes: it gets a `NamedTarget`, or the path of a ready file."""
    return option("--target", metavar="NAME|FILE", is_eager=True, callback=_found, help=said)


def running_server(target: Path | NamedTarget | None) -> "Target":
    """The server that a command of the control plane is about."""
    from smartcal_api.remote import find_target
    from smartcal_api.remote.target import read_target

    if isinstance(target, NamedTarget):
        return read_target(target.document(os.environ, control_only=True), target.place)
    return find_target(target)


def _found(ctx: click.Context, _: click.Parameter, value: str | None) -> Path | NamedTarget | None:
    """A name in the file of settings, else a path. Eager, so that the other flags find their defaults."""
    if value is None:
        return None
    tables = _tables(Path(SETTINGS_FILE))
    if value in tables:
        named = _named(value, tables[value])
        own = {each.name for each in ctx.command.params}
        ctx.default_map = {**(ctx.default_map or {}), **{n: v for n, v in named.flags.items() if n in own}}
        return named
    path = Path(value)
    if tables and len(path.parts) == 1 and not path.suffix and not path.exists():
        raise UsageError(
            f"--target: {SETTINGS_FILE} has no target {value!r}, and there is no such file; {hint(value, tables)}"
        )
    return path


def _tables(path: Path) -> Mapping[str, Any]:
    """The tables of the file, which the command before this one has read as TOML."""
    stated = read_toml(path).get("targets", {}) if path.exists() else {}
    if not isinstance(stated, dict):
        raise UsageError(f"{path}: targets are tables, each of them [targets.NAME].")
    return stated


def _named(name: str, stated: Any) -> NamedTarget:
    """Checked, so that what a command doesn't use is a mistake all the same."""
    place = f"{SETTINGS_FILE}: [targets.{name}]"
    if not isinstance(stated, dict):
        raise UsageError(f"{place} is a table.")
    table = {key.replace("-", "_"): value for key, value in stated.items()}
    strangers = [key for key in table if key not in _MEMBERS]
    if strangers:
        raise UsageError(f"{place} has no setting {strangers[0]!r}; {hint(strangers[0], _MEMBERS, most=99)}")
    for key, (kind, words) in _KINDS.items():
        if key in table and (not isinstance(table[key], kind) or isinstance(table[key], bool)):
            raise UsageError(f"{place}: {key} takes {words}.")
    if not table.get("url"):
        raise UsageError(f"{place} has no url; it is the root of the deployment.")
    if ("receiver_url" in table) and ("receiver_port" not in table):
        raise UsageError(f"{place}: receiver_url needs receiver_port: the local port that it leads to.")
    return NamedTarget(name, table)
