"""Programs: sequences of whatever can be done to a sandbox, and an actor that does them and notes the answers.

A step is a tuple of the name of an `Actor` method and its arguments. Whoever adds something that can be done to a
sandbox adds a method and a strategy, and names that in one of the tables at the end.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from hypothesis import strategies as st

from smartcal_api.sandbox.restoring import begin
from tests.control.plane import Plane
from tests.wire import Reply

CLIENT, SECRET, CALLBACK = "the-app", "scs_of_the_app", "https://app.example/callback"
FORM = "application/x-www-form-urlencoded"
Step = tuple[Any, ...]


class Actor:
    """Acts in one sandbox. What it remembers of its answers (ids, codes, tokens) later steps refer to by number."""

    def __init__(self, plane: Plane, name: str, keys: dict[int, str], *, root: str) -> None:
        self.plane, self.name, self.keys, self.root = plane, name, keys, root
        sandbox = plane.sandbox(name)
        stored = {
            kind: [json.loads(text)["id"] for _, text in sandbox.store.all(kind)] for kind in sandbox.store.collections
        }
        self.known = {"event": stored["Event"], "booking": stored["Booking"], "page": stored["BookingPage"]}
        self.known |= {"webhook": [], "code": [], "access": [], "refresh": []}
        prefixes = plane.world.contract.policy.secrets.values()
        self._random = re.compile(rf"\b({'|'.join(prefixes)})[A-Za-z0-9_-]{{43}}")

    @classmethod
    def at_the_start(cls, plane: Plane, name: str, keys: dict[int, str], *, root: str) -> "Actor":
        """With an app that a reset brings back, as it does whatever a server was given."""
        sandbox = plane.sandbox(name)
        sandbox.oauth.auto_consent = True
        sandbox.oauth.clients.add(CLIENT, (CALLBACK,), secret=SECRET)
        assert sandbox.origin is not None
        begin(sandbox, sandbox.origin.data)
        return cls(plane, name, keys, root=root)

    def run(self, program: list[Step]) -> list[Any]:
        return [(step, self.comparable(getattr(self, step[0])(*step[1:]))) for step in program]

    def comparable(self, reply: Reply) -> Any:
        """The answer but for what is random by design and for where the sandbox is served."""
        headers = {name: self._plain(value) for name, value in reply.headers.items() if name != "content-length"}
        return reply.status, headers, self._plain(reply.body.decode())

    def _plain(self, text: str) -> str:
        for root in (f"/~{self.name}", f"%2F~{self.name}"):
            text = text.replace(root, "")
        return self._random.sub(r"\1…", text)

    def memory(self) -> dict[str, list[str]]:
        return {kind: list(known) for kind, known in self.known.items()}

    def recall(self, memory: dict[str, list[str]]) -> None:
        self.known = {kind: list(known) for kind, known in memory.items()}

    def pick(self, kind: str, number: int) -> str:
        known = self.known[kind]
        return known[number % len(known)] if known else "none"

    # -- the product

    def get(self, path: str, query: dict[str, Any], who: int) -> Reply:
        return self.plane.get(f"{self.root}{path}", query=query, key=self.keys.get(who))

    def one(self, path: str, kind: str, number: int, who: int) -> Reply:
        return self.get(f"{path}/{self.pick(kind, number)}", {}, who)

    def cancel(self, number: int, reason: str | None, who: int) -> Reply:
        path = f"{self.root}/api/v1/bookings/{self.pick('booking', number)}/cancel"
        return self.plane.post(path, None if reason is None else {"reason": reason}, key=self.keys.get(who))

    def subscribe(self, events: list[str], who: int) -> Reply:
        body = {"url": "http://127.0.0.1:9/hook", "events": events}
        reply = self.plane.post(f"{self.root}/api/v1/webhooks", body, key=self.keys.get(who))
        if reply.status == 201:
            self.known["webhook"].append(reply.json["id"])
        return reply

    def unsubscribe(self, number: int, who: int) -> Reply:
        path = f"{self.root}/api/v1/webhooks/{self.pick('webhook', number)}"
        return self.plane.request("DELETE", path, key=self.keys.get(who))

    def authorize(self, scope: str) -> Reply:
        asked = {"client_id": CLIENT, "redirect_uri": CALLBACK, "response_type": "code", "scope": scope, "state": "s"}
        reply = self.plane.get(f"{self.root}/oauth/authorize", query=asked)
        self.known["code"] += parse_qs(urlsplit(reply.headers.get("location", "")).query).get("code", [])
        return reply

    def redeem(self, number: int) -> Reply:
        return self._token(grant_type="authorization_code", code=self.pick("code", number), redirect_uri=CALLBACK)

    def refresh(self, number: int) -> Reply:
        return self._token(grant_type="refresh_token", refresh_token=self.pick("refresh", number))

    def revoke(self, kind: str, number: int) -> Reply:
        return self._form("/oauth/revoke", token=self.pick(kind, number))

    def use(self, number: int) -> Reply:
        return self.plane.get(f"{self.root}/api/v1/me", key=self.pick("access", number))

    def _token(self, **asked: str) -> Reply:
        reply = self._form("/oauth/token", **asked)
        if reply.status == 200:
            self.known["access"].append(reply.json["access_token"])
            self.known["refresh"].append(reply.json["refresh_token"])
        return reply

    def _form(self, path: str, **asked: str) -> Reply:
        body = urlencode(asked | {"client_id": CLIENT, "client_secret": SECRET}).encode()
        return self.plane.post(f"{self.root}{path}", body, media_type=FORM)

    # -- the clock, and the sandbox as a whole

    def advance(self, seconds: int) -> Reply:
        return self._control("/clock/advance", {"by": seconds})

    def limits(self, enabled: bool) -> Reply:
        reply = self.plane.request("PATCH", f"/sandboxes/{self.name}/limits", body={"enabled": enabled})
        return Reply(reply.status, {}, b"")

    def save(self, name: str) -> Reply:
        reply = self._control("/snapshots", {"name": name})
        # A snapshot in a file takes another number of bytes.
        return Reply(reply.status, {}, json.dumps(reply.json | {"bytes": 0}).encode())

    def restore(self, name: str) -> Reply:
        return self._control(f"/snapshots/{name}/restore")

    def reset(self) -> Reply:
        return self._control("/reset")

    def _control(self, path: str, body: Any = None) -> Reply:
        reply = self.plane.post(f"/sandboxes/{self.name}{path}", body)
        # The control plane's requests are counted for the whole server, and its sandboxes have their names.
        if reply.status == 200 and "generation" in reply.json:
            return Reply(200, {}, json.dumps(reply.json["clock"]).encode())
        return Reply(reply.status, {}, reply.body if reply.status < 400 else b"")


WHO = st.sampled_from([1, 1, 1, 1, 2, 0])  # the main account, the other one, nobody
NUMBER = st.integers(0, 200)
_TYPES = ["booking.created", "booking.cancelled", "event.updated"]
_PAGING = {"page": st.integers(0, 4), "per_page": st.integers(1, 101)}


def _listed(path: str, **filters: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    query = st.fixed_dictionaries({}, optional=_PAGING | filters)
    return st.tuples(st.just("get"), st.just(f"/api/v1/{path}"), query, WHO)


def _one(path: str, kind: str) -> st.SearchStrategy[Step]:
    return st.tuples(st.just("one"), st.just(f"/api/v1/{path}"), st.just(kind), NUMBER, WHO)


def _step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), *arguments)


READING = (
    _listed("events", status=st.sampled_from(["confirmed", "cancelled", "x"]), source=st.sampled_from(["google"])),
    _listed("bookings", status=st.sampled_from(["completed", "pending"]), upcoming=st.sampled_from(["true", "false"])),
    _listed("booking-pages"),
    _listed("webhooks"),
    _listed("me"),
    _one("events", "event"),
    _one("bookings", "booking"),
    _one("booking-pages", "page"),
)
WRITING = (
    _step("cancel", NUMBER, st.none() | st.text("ab ü", min_size=1, max_size=5), WHO),
    _step("subscribe", st.lists(st.sampled_from(_TYPES), min_size=1, unique=True), WHO),
    _step("unsubscribe", NUMBER, WHO),
)
SIGNING_IN = (
    _step("authorize", st.sampled_from(["read", "read write", "none"])),
    _step("redeem", NUMBER),
    _step("refresh", NUMBER),
    _step("revoke", st.sampled_from(["access", "refresh"]), NUMBER),
    _step("use", NUMBER),
)
TIME = (_step("advance", st.sampled_from([0, 1, 59, 61, 599, 3_600, 86_400, 30 * 86_400])),)
AS_A_WHOLE = (
    _step("limits", st.booleans()),
    _step("save", st.sampled_from(["a", "b"])),
    _step("restore", st.sampled_from(["a", "b"])),
    _step("reset"),
)
# Each time the same of several, so that no kind of step is rare because it has few forms.
REQUESTS = st.one_of(*(st.one_of(*kind) for kind in (READING, WRITING, SIGNING_IN, TIME)))
WITHOUT_SIGNING_IN = st.one_of(*(st.one_of(*kind) for kind in (READING, WRITING, TIME)))
ANYTHING = REQUESTS | st.one_of(*AS_A_WHOLE)


def programs(steps: st.SearchStrategy[Step], *, most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(steps, max_size=most)
