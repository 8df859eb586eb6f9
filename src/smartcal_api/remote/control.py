"""Requests to the control plane of a server."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from smartcal_api.errors import UsageError
from smartcal_api.remote.stream import Event, events
from smartcal_api.remote.target import Target

# Where a test runs, pytest shows its own line, and none of these.
__tracebackhide__ = True

# Longer than anything that is asked of a control plane but to wait, which says for itself how long.
_SECONDS = 60.0


class Refused(UsageError):
    """The control plane said no; `code` and `status` are those of its problem, the message its detail."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        """What the problem lists beside its detail."""

    def in_full(self) -> str:
        """The detail, and below it each error in a line of its own."""
        return "\n  ".join([f"{self}\nerrors:" if self.errors else str(self), *self.errors])


class Control:
    """One connection, kept open; threads take turns."""

    def __init__(self, target: Target, *, timeout: float = _SECONDS) -> None:
        self.target = target
        parts = urlsplit(target.control_url)
        self._path = parts.path
        self._timeout = timeout
        if parts.scheme != "http" or parts.hostname is None:
            raise UsageError(f"{target.place}: the control plane is at no http URL: {target.control_url!r}.")
        self._turn = threading.Lock()
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if target.control_token:
            self._headers["Authorization"] = f"Bearer {target.control_token}"

    def get(self, path: str, **query: Any) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        return self.request("GET", f"{path}?{urlencode(given, doseq=True)}" if given else path)

    def post(self, path: str, body: Any = None, *, patience: float = 0) -> Any:
        return self.request("POST", path, body, patience=patience)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)

    def request(self, method: str, path: str, body: Any = None, *, patience: float = 0) -> Any:
        """The JSON of an answer, bytes of any other, None of none. `patience`: how much longer to wait, in seconds.

        Raises `Refused` for a problem, and `UsageError` where no such server answers.
        """
        with self._turn:
            status, media_type, payload = self._send(method, path, body, patience)
        if status >= HTTPStatus.BAD_REQUEST:
            raise self._refused(status, payload)
        if not payload:
            return None
        return json.loads(payload) if media_type.endswith("json") else payload

    def stream(self, path: str, **query: Any) -> Iterator[Event]:
        """What the server tells, as it does, over a connection of its own; its last event says why it ended."""
        place = urlsplit(self.target.control_url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=self._timeout)
        try:
            connection.request("GET", f"{self._path}{path}?{urlencode(query)}", headers=self._headers)
            answer = connection.getresponse()
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise self._refused(answer.status, answer.read())
            yield from events(answer)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(getattr(error, "strerror", None) or str(error) or "it hung up") from None
        finally:
            connection.close()

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: Any, patience: float) -> tuple[int, str, bytes]:
        payload = None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            try:
                self._connection.timeout = self._timeout + patience
                if self._connection.sock is not None:
                    self._connection.sock.settimeout(self._timeout + patience)
                self._connection.request(method, self._path + path, payload, self._headers)
                answer = self._connection.getresponse()
                return answer.status, answer.headers.get_content_type(), answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A server closes connections that were idle; the request has not been taken then.
                self._connection.close()
                if attempt == 2:
                    raise self._unreachable("it hung up") from None
            except TimeoutError:
                self._connection.close()
                raise self._unreachable(f"no answer within {self._timeout + patience:g} s") from None
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                raise self._unreachable(getattr(error, "strerror", None) or str(error)) from None
        raise AssertionError("the second attempt returns or raises")

    def _unreachable(self, why: str) -> UsageError:
        return UsageError(
            f"no SmartCal server answers at {self.target.control_url} ({why}); start `smartcal serve`, or name its "
            "ready file with --target."
        )

    def _refused(self, status: int, payload: bytes) -> Refused:
        try:
            problem = json.loads(payload)
            listed = problem.get("errors", ())
            refused = Refused(
                status, problem["code"], problem["detail"], [_line(each, problem["code"]) for each in listed]
            )
        except (ValueError, KeyError, TypeError):
            place = self.target.control_url
            return Refused(status, "", f"{place} answered {status} and no problem; is it a SmartCal control plane?")
        for error in refused.errors[1:]:
            refused.add_note(error)  # the first one is in the detail
        return refused


def _line(error: Mapping[str, str], code: str) -> str:
    where = error.get("pointer") or error.get("parameter")
    # Those of a claim tell what was seen, and are at no place of it.
    return f"{where}: {error['detail']}" if where and code != "assertion_failed" else error["detail"]
