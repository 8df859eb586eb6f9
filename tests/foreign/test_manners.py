"""What `smartcal verify` does and doesn't do to a deployment that is somebody's, on loopback too: tunnels end there."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smartcal_api.cli import consent
from smartcal_api.cli.main import cli
from smartcal_api.conformance.wire import Answer, Request, Wire
from smartcal_api.errors import UsageError
from tests.foreign.client import ask, walk
from tests.foreign.deployment import Deployment, deployed

Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with deployed("stdlib", "--minute", "100000", "--hour", "100000") as found:
        yield found


@pytest.fixture
def verify(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit code, and the lines of standard output; flags of the deployment can be left out."""

    def run(*flags: str, without: tuple[str, ...] = ("--allow-writes",)) -> tuple[int, list[str]]:
        known = [flag for flag in deployment.flags if flag not in without]
        code = cli.main(["verify", *known, "--profile", "quick", *flags], prog_name="smartcal", standalone_mode=False)
        return code, capsys.readouterr().out.strip().splitlines()

    return run


def cancelled(deployment: Deployment) -> int:
    return len(walk(deployment, "bookings", deployment.key("read"), 100, "&status=cancelled"))


@pytest.mark.parametrize(("flags", "code"), [((), 3), (("--no-allow-writes",), 0)])
def test_without_leave_it_only_reads_and_says_so_first_and_last(
    deployment: Deployment, verify: Run, flags: tuple[str, ...], code: int
) -> None:
    """Unless somebody said that it shall, what wasn't tried for it leaves the verdict open."""
    before = cancelled(deployment)
    found, lines = verify("--only", "BOOK 1", "--only", "PAGE 1", *flags)
    assert found == code, lines
    assert all("only read" in line and "--allow-writes" in line for line in (lines[0], lines[-1])), lines
    assert cancelled(deployment) == before


def test_with_leave_it_says_which_bookings_it_has_cancelled(deployment: Deployment, verify: Run) -> None:
    before = {row["id"] for row in walk(deployment, "bookings", deployment.key("read"), 100, "&upcoming=true")}
    _, lines = verify("--only", "BOOK 1", "--allow-writes")
    gone = before - {row["id"] for row in walk(deployment, "bookings", deployment.key("read"), 100, "&upcoming=true")}
    (note,) = [line for line in lines if "cancelled, which can't be undone" in line]
    assert gone
    assert set(note.partition(": ")[2].split(", ")) == gone


@pytest.mark.parametrize(("answer", "writable"), [("y\n", True), ("\n", False)])
def test_who_sits_at_a_terminal_is_asked(
    verify: Run, monkeypatch: pytest.MonkeyPatch, answer: str, writable: bool
) -> None:
    asked: list[str] = []

    def confirm(text: str, **_: Any) -> bool:
        asked.append(text)
        return writable

    monkeypatch.setattr("smartcal_api.cli.verify.may_ask", lambda **_: True)
    monkeypatch.setattr("click.confirm", confirm)
    _, lines = verify("--only", "HOOK 1")
    assert ("only read" in lines[0]) is not writable
    assert ["May bookings be cancelled" in text for text in asked] == [True]


@pytest.mark.parametrize("missing", ["--no-input", "CI", "stdin", "stdout", None])
def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch, missing: str | None) -> None:
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{name}.isatty", lambda name=name: name != missing, raising=False)
    environment = {"CI": "false"} if missing == "CI" else {}
    assert consent.may_ask(no_input=missing == "--no-input", environment=environment) is (missing is None)


def changed(deployment: Deployment, flag: str, change: Callable[[str], str]) -> list[str]:
    """The flags, with another value for the last of one."""
    flags = list(deployment.flags)
    at = len(flags) - flags[::-1].index(flag)
    flags[at] = change(flags[at])
    return flags


@pytest.mark.parametrize(
    ("flag", "change", "said"),
    [
        ("--key", lambda text: text + "x", "refuses --key admin ($SMARTCAL_KEY_ADMIN_4)"),
        ("--other-key", lambda text: text[:-1], "refuses --other-key admin"),
        ("--client", lambda text: text.replace("pocket", "nobody:wrong"), "refuses --client nobody"),
        ("--url", lambda text: text + "/else", "is not where this API is"),
        ("--url", lambda _: "http://127.0.0.1:9", "can't be reached"),
    ],
)
def test_what_is_refused_is_told_before_anything_is_judged(
    deployment: Deployment, flag: str, change: Callable[[str], str], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        cli.main(["verify", *changed(deployment, flag, change), "--only", "PAGE"], "smartcal", standalone_mode=False)
    assert said in str(refused.value)
    assert not deployment.secrets & set(str(refused.value).split())


def test_a_receiver_that_can_not_listen_is_told_too(deployment: Deployment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", deployment.receiver_port))
        taken.listen()
        with pytest.raises(UsageError, match=r"--receiver-port: can't listen on"):
            cli.main(["verify", *deployment.flags, "--only", "PAGE"], "smartcal", standalone_mode=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_made_is_removed_after_a_signal_too(
    deployment: Deployment, verify: Run, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """One that comes while a webhook is being made; the verdict is told all the same."""
    made = threading.Event()
    sent = Wire.send

    def send(self: Wire, request: Request, **more: Any) -> Answer:
        webhook = request.method == "POST" and request.target.endswith("/webhooks") and not made.is_set()
        if webhook:
            made.set()
            signal.raise_signal(number)
        return sent(self, request, **more)

    monkeypatch.setattr(Wire, "send", send)
    code, lines = verify("--only", "HOOK 1", "--only", "PAGE", "--allow-writes")
    assert made.is_set()
    assert code == 3, lines
    assert any("it was interrupted" in line for line in lines)
    assert ask(deployment, "GET", "/api/v1/webhooks", deployment.key("webhooks")).json["data"] == []
