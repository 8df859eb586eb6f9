"""A running server, as the commands that talk to one find it and ask it."""

import http.client
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from smartcal_api.errors import UsageError

ENVIRONMENT = "SMARTCAL_TARGET"
# Where a server is that was started without flags.
_DEFAULT = "http://127.0.0.1:8080"
_CONTROL = "/_sandbox"
_PATIENCE = 60.0


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--target` and `--sandbox`."""
    command = click.option("--sandbox", default="default", show_default=True, help="Which sandbox of the server.")(
        command
    )
    return click.option(
        "--target",
        envvar=ENVIRONMENT,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The ready file of the server; default: the one on port 8080.",
    )(command)


class Target:
    """One sandbox of a server, by way of its control plane."""

    def __init__(self, ready_file: Path | None, sandbox: str) -> None:
        self._ready = _ready(ready_file) if ready_file is not None else {}
        self._control: str = self._ready.get("control_url", _DEFAULT + _CONTROL)
        self._sandbox = sandbox

    def served_contract(self) -> dict[str, Any]:
        found: dict[str, Any] = self._request("GET", "/contract")
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the sandbox's control plane answers; raises `UsageError` with what it says where it refuses."""
        return self._request(method, f"/sandboxes/{self._sandbox}{path}", body)

    def _request(self, method: str, path: str, body: Any = None) -> Any:
        parts = urlsplit(self._control)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
        headers = {} if method == "GET" else {"Content-Type": "application/json"}
        token = self._ready.get("control_token")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        payload = None if body is None else json.dumps(body)
        try:
            connection.request(method, parts.path + path, payload, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise UsageError(
                f"no server answers at {parts.scheme}://{parts.netloc} ({error}); start one with smartcal serve, "
                f"or name its ready file with --target or {ENVIRONMENT}."
            ) from None
        finally:
            connection.close()
        try:
            stated = json.loads(text) if text else None
        except ValueError:
            raise UsageError(f"{parts.scheme}://{parts.netloc} is no smartcal server; name another --target.") from None
        if answer.status >= 400:
            raise UsageError(
                str(stated.get("detail", stated)) if isinstance(stated, dict) else f"answered {answer.status}."
            )
        return stated


def _ready(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "is no ready file"
        raise UsageError(f"--target: {path}: {reason}; smartcal serve --ready-file writes one.") from None
    return found
