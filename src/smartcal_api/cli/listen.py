"""`smartcal listen`: a receiver that subscribes itself, shows what comes, and passes it on."""

import http.client
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import orjson

from smartcal_api.cli.door import Door, door
from smartcal_api.contract.signed import Signed
from smartcal_api.errors import UsageError

if TYPE_CHECKING:
    from smartcal_api.webhooks.receiver import Received, Reply

# Those of the connection, which the next one has its own of (RFC 9110 section 7.6.1).
_OWN = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}
_PATIENCE = 30.0


@click.command()
@click.option("--forward-to", metavar="URL", help="Send each delivery on, as it came; its answer is the answer.")
@click.option("--events", metavar="TYPE[,TYPE]", help="Which event types; default: all.")
@click.option(
    "--secret",
    metavar="SECRET",
    envvar="SMARTCAL_WEBHOOK_SECRET",
    help="What deliveries are signed with; default: a random one. SMARTCAL_WEBHOOK_SECRET keeps it out of `ps`.",
)
@click.option("--print-secret", is_flag=True, help="Show the secret, for a receiver that is forwarded to.")
@click.option("--status", type=click.IntRange(200, 599), metavar="N", help="What to answer; default: 200.")
@click.option("--until", type=click.IntRange(1), metavar="N", help="Stop after so many deliveries.")
@door
def listen(
    to: Door,
    forward_to: str | None,
    events: str | None,
    secret: str | None,
    print_secret: bool,
    status: int | None,
    until: int | None,
) -> int:
    """Receive webhooks here: subscribe, verify, show, forward, and unsubscribe at the end.

    Ends with 0 at Ctrl-C, or after --until deliveries; with 1 if the signature
    of one of them was wrong.
    """
    from smartcal_api.webhooks.receiver import Receiver

    if click.get_current_context().params["curl"]:
        raise UsageError("--curl: this is more than one request; `smartcal deliveries --curl` prints one.")
    if forward_to is not None and urlsplit(forward_to).scheme not in ("http", "https"):
        raise UsageError(f"--forward-to: {forward_to!r} is not an http or https URL.")
    stated = Signed.of(to.sandbox.control.get("/contract"))
    done = threading.Event()
    with _stopping(done), Receiver() as receiver:
        wanted: dict[str, Any] = {"url": receiver.url}
        wanted |= {"events": events.split(",")} if events else {}
        wanted |= {"secret": secret} if secret else {}
        made = to.sandbox.post("/subscriptions", wanted)
        try:
            listener = _Listener(made["secret"], stated, forward_to, status, until, done, as_json=to.as_json)
            listener.introduce(made, print_secret=print_secret)
            receiver.answer = listener.take
            done.wait()
        finally:
            _unsubscribe(to, made["id"])
    return 1 if listener.wrong else 0


class _Listener:
    def __init__(
        self,
        secret: str,
        stated: Signed,
        forward_to: str | None,
        status: int | None,
        until: int | None,
        done: threading.Event,
        *,
        as_json: bool,
    ) -> None:
        self._secret, self._signed = secret, stated
        self._forward_to, self._status, self._until, self._as_json = forward_to, status, until, as_json
        self._seen: set[str | None] = set()
        self._shown = 0
        self._one_at_a_time = threading.Lock()
        self._done = done
        self.wrong = False

    def introduce(self, made: Mapping[str, Any], *, print_secret: bool) -> None:
        shown = {"secret": made["secret"]} if print_secret else {}
        if self._as_json:
            self._say(orjson.dumps({"listening": made["url"], "webhook": made["id"], **shown}).decode())
            return
        self._say(f"listening on {made['url']} as {made['id']}; Ctrl-C ends it")
        for value in shown.values():
            self._say(f"signed with {value}")

    def take(self, received: "Received") -> "Reply":
        from smartcal_api.webhooks.receiver import Reply

        right = self._signed.is_right(received.body, lambda name: received.headers.get(name, ""), self._secret)
        reply = Reply(self._status or 200)
        if self._forward_to is not None:
            forwarded = _forward(received, self._forward_to)
            reply = forwarded if self._status is None else reply
        with self._one_at_a_time:
            if not self._done.is_set():
                self._show(received, reply, right=right)
        return reply

    def _show(self, received: "Received", reply: "Reply", *, right: bool) -> None:
        again = received.id in self._seen
        self._seen.add(received.id)
        self.wrong = self.wrong or not right
        if self._as_json:
            line = {"id": received.id, "type": received.type, "signature": "right" if right else "wrong"}
            answer = {"duplicate": again, "answered": reply.status, "body": received.json}
            self._say(orjson.dumps(line | answer).decode())
        else:
            mark = click.style("signature right", fg="green") if right else click.style("signature WRONG", fg="red")
            colour = "green" if reply.status < 300 else "yellow"
            answered = click.style(str(reply.status), fg=colour)
            kind = click.style(f"{received.type or 'unreadable':<20}", bold=True)
            self._say(f"{kind} {received.id or '-':<24} {mark}, answered {answered}{', seen before' if again else ''}")
        self._shown += 1
        if self._shown == self._until:
            self._done.set()

    def _say(self, line: str) -> None:
        click.echo(line)


def _forward(received: "Received", url: str) -> "Reply":
    """Sends the same bytes on, with the signature as it came."""
    from smartcal_api.webhooks.receiver import Reply

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {name: value for name, value in received.headers.items() if name not in _OWN}
    try:
        connection.request("POST", path, received.body, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(64 * 1024))
    except (OSError, http.client.HTTPException) as error:
        return Reply(502, f"{url} can't be reached: {error}".encode())
    finally:
        connection.close()


@contextmanager
def _stopping(done: threading.Event) -> Iterator[None]:
    """Whoever ends it ends it in order: a service manager's SIGTERM is as good as Ctrl-C."""

    def stop(_: int, __: FrameType | None) -> None:
        done.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _unsubscribe(to: Door, webhook: str) -> None:
    try:
        to.sandbox.remove(f"/subscriptions/{webhook}")
    except UsageError as error:
        click.echo(f"{webhook} stays subscribed: {error}", err=True)
