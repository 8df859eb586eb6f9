"""What the server's process has in memory more after a second round of the same than after the first (law GUARD 2)."""

import http.client
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.figures import CannotMeasure, Figure, Section, Target
from bench.pipeliners import CLIENTS, pipeline
from bench.plan import Plan
from bench.servers import serve

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_MORE = Target(sign="<", bound=10)
_REDIRECT = "http://127.0.0.1/callback"
_CLIENT = {"client_id": "demo_app", "client_secret": "scs_demo_app"}
_SNAPSHOTS = "/_sandbox/sandboxes/default/snapshots"


def rounds(plan: Plan) -> Section:
    """In full 20,000 refreshes, 4,000 that are refused, 1,000 snapshots, and 200 clients that send ahead a thousand
    requests each and read nothing; each twice."""
    refreshes, refused, snapshots = plan.kept // 5, plan.kept // 25, max(plan.kept // 100, 50)
    with serve("--rate-limits", "off", "--oauth-consent", "auto").running(plan.folder) as server:
        client = _Client(server.port)
        kinds: dict[str, Callable[[], None]] = {
            f"{refreshes:,} refreshes": lambda: client.refresh(refreshes),
            f"{refused:,} refused refreshes": lambda: client.refuse(refused),
            f"{snapshots:,} snapshots": lambda: client.snapshots(snapshots),
            f"{CLIENTS} pipeliners": lambda: pipeline(server.port),
        }
        rows: list[list[Figure | str]] = []
        for name, once in kinds.items():
            once()
            first = server.resident_megabytes()
            once()
            second = server.resident_megabytes()
            more = second - first if first is not None and second is not None else None
            rows.append(
                [
                    name,
                    Figure(name=f"{name}, first round", value=first, unit="MB"),
                    Figure(name=f"{name}, second round adds", value=more, unit="MB", pattern=",.1f", target=_MORE),
                ]
            )
    return Section(
        title="Memory: resident after a round, and what a second one adds",
        columns=["", "after the first", "the second adds"],
        rows=rows,
    )


class _Client:
    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked = {"response_type": "code", "client_id": "demo_app", "redirect_uri": _REDIRECT, "scope": "read"}
        answer, _ = self._ask("GET", f"/oauth/authorize?{urlencode(asked)}")
        (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
        self._token = self._tokens({"grant_type": "authorization_code", "code": code, "redirect_uri": _REDIRECT})

    def refresh(self, times: int) -> None:
        for _ in range(times):
            self._token = self._tokens({"grant_type": "refresh_token", "refresh_token": self._token})

    def refuse(self, times: int) -> None:
        form = urlencode({"grant_type": "refresh_token", "refresh_token": "none", **_CLIENT})
        for _ in range(times):
            self._ask("POST", "/oauth/token", form, _FORM)

    def snapshots(self, times: int) -> None:
        for number in range(times):
            answer, _ = self._ask("POST", _SNAPSHOTS, json.dumps({"name": f"round-{number}"}))
            if answer.status != 201:
                raise CannotMeasure(f"a snapshot was answered with {answer.status}.")

    def _tokens(self, form: dict[str, str]) -> str:
        answer, body = self._ask("POST", "/oauth/token", urlencode(form | _CLIENT), _FORM)
        if answer.status != 200:
            raise CannotMeasure(f"a token request was answered with {answer.status}.")
        token: str = json.loads(body)["refresh_token"]
        return token

    def _ask(
        self, method: str, target: str, body: str = "", media_type: str = _JSON
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, target, body.encode(), {"Content-Type": media_type})
        answer = self._connection.getresponse()
        return answer, answer.read()
