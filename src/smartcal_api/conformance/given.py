"""What is known of a target, as flags, environment variables and files tell it."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.mock import fresh_mock
from smartcal_api.conformance.target import Client, Target, credential, from_ready_file, root_of
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json, read_text

_SECRET_BYTES = 64 * 1024
_AS_THEY_ARE = ("receiver_url", "receiver_port", "cacert", "client_cert", "allow_writes", "exhaust")
_CREDENTIALS = (("key", Kind.KEY, 0), ("token", Kind.TOKEN, 0), ("other_key", Kind.KEY, 1))
"""Flag, without its dashes, what it gives, and whose."""


@contextmanager
def given_target(
    contract: Contract,
    given: Mapping[str, Any],
    *,
    environment: Mapping[str, str] = os.environ,
    mock: tuple[str, ...] = (),
) -> Iterator[Target]:
    """The target that flags name, by their names with underscores; a fresh mock where none does. Raises `UsageError`.

    `mock` are flags of that one's `smartcal serve`. Flags add to a target file. Keys can be in the environment, under
    the names that stories have for them.
    """
    if given.get("url") and given.get("target"):
        raise UsageError("give --url or --target, not both; flags add to what the file says.")
    flags = _flags(given)
    if not given.get("url") and not given.get("target"):
        with fresh_mock(contract, arguments=mock) as fresh:
            yield Target(**from_ready_file(fresh.document) | flags, restart=fresh.restart)
        return
    if given.get("receiver_url") and not given.get("receiver_port"):
        raise UsageError("--receiver-url needs --receiver-port: the local port that it leads to.")
    known: dict[str, Any] = {}
    if given.get("target"):
        known = from_ready_file(_document(given["target"]))
    else:
        known["root"] = root_of(given["url"])
    flags["credentials"] = (*flags.get("credentials", ()), *_in_environment(contract, environment))
    for name in ("credentials", "clients"):
        # What a target names by its variable is in the environment, too.
        known[name] = tuple(dict.fromkeys((*known.get(name, ()), *flags.pop(name, ()))))
    yield Target(**known | flags)


def _flags(given: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a target that flags give; those that weren't given are left out."""
    token = given.get("control_token")
    found: dict[str, Any] = {
        "credentials": tuple(
            credential(*_pair(text, flag), kind=kind, account=account, number=number)
            for flag, kind, account in _CREDENTIALS
            for number, text in enumerate(given.get(flag) or ())
        ),
        "clients": tuple(_client(text) for text in given.get("client") or ()),
        "control_url": given.get("control"),
        "control_token": _value(token, "--control-token") if token else None,
        "headers": dict(_header(text) for text in given.get("header") or ()),
        **{name: given.get(name) for name in _AS_THEY_ARE},
    }
    return {name: value for name, value in found.items() if value or value is False}


def _in_environment(contract: Contract, environment: Mapping[str, str]) -> Iterator[Credential]:
    """`SMARTCAL_KEY_READ`, `SMARTCAL_OTHER_KEY_READ`, `SMARTCAL_TOKEN_READ_WRITE`, `SMARTCAL_KEY_READ_2`, …"""
    scopes = "|".join(contract.scopes)
    for flag, kind, account in _CREDENTIALS:
        form = re.compile(rf"SMARTCAL_{flag}_({scopes})((?:_(?:{scopes}))*)(?:_([0-9]+))?", re.IGNORECASE)
        for name, value in sorted(environment.items()):
            if value and (match := form.fullmatch(name)):
                names = f"{match[1]}{match[2]}".lower().replace("_", ",")
                yield credential(names, value, kind=kind, account=account, number=int(match[3] or 1) - 1)


def _pair(text: str, flag: str) -> tuple[str, str]:
    scopes, separator, value = text.partition("=")
    dashed = f"--{flag.replace('_', '-')}"
    if not separator or not scopes or not value:
        raise UsageError(f"{dashed}: write it as SCOPES=VALUE, such as read,write=my_key.")
    return scopes, _value(value, dashed)


def _value(text: str, flag: str) -> str:
    """A secret given as it is, as `@FILE`, or as `-` for a line of standard input."""
    if text == "-":
        return sys.stdin.readline().strip()
    if text.startswith("@"):
        try:
            return read_text(Path(text[1:]), most=_SECRET_BYTES).strip()
        except Unreadable as error:
            raise UsageError(f"{flag}: {error}") from None
    return text


def _client(text: str) -> Client:
    left, _, uris = text.partition("=")
    identifier, colon, secret = left.partition(":")
    if not identifier:
        raise UsageError("--client: write it as ID[:SECRET][=URI], such as my_app:my_secret=http://127.0.0.1/callback.")
    known = tuple(uri for uri in uris.split(",") if uri)
    return Client(identifier, _value(secret, "--client") if colon else None, known)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError("--header: write it as 'NAME: VALUE'.")
    return name.strip(), value.strip()


def _document(given: Path | dict[str, Any]) -> dict[str, Any]:
    """Of a file, or as it is."""
    if isinstance(given, dict):
        return given
    path = given
    hint = "it is what `smartcal serve --ready-file` writes"
    try:
        document = read_json(path)
    except Unreadable as error:
        raise UsageError(f"--target: {str(error).rstrip('.')}; {hint}.") from None
    if not isinstance(document, dict):
        raise UsageError(f"--target: {path} does not hold an object; {hint}.")
    return document
