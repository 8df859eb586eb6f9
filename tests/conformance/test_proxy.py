"""The proxy judges what passes through it, and changes none of it but that it can be traced."""

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest

from smartcal_api.cli.main import cli
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.proxy import Proxy
from smartcal_api.conformance.recorded import Recording
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from tests.e2e.server import serving

TRACE = "traceparent"


@contextmanager
def proxied(upstream: str, contract: Contract) -> Iterator[tuple[Proxy, Recording, list[str]]]:
    recording, live = Recording(contract), list[str]()

    def record(exchange: Exchange, unread: str) -> None:
        live.extend(f"{side.family}: {fault.message}" for side, fault in recording.add(exchange, unread))

    with Proxy(Target(root=upstream), port=0, record=record) as proxy, proxy.beside():
        yield proxy, recording, live


def test_the_proxy_forwards_untouched_and_tells_each_side_s_breaches(contract: Contract, tmp_path: Path) -> None:
    with serving(tmp_path) as server, proxied(server.ready["root_url"], contract) as (proxy, recording, live):
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.root.rpartition(":")[2]))
        headers = {"Authorization": "Bearer scp_demo_admin", "Content-Type": "application/json"}
        wanted = b'{"url": "https://hooks.example.com/", "events": ["event.created"]}'
        chunks = iter([wanted[:10], wanted[10:]])
        for method, path, body, status in (
            ("GET", "/api/v1/events?per_page=1", None, 200),
            ("HEAD", "/api/v1/me", None, 200),
            ("POST", "/api/v1/webhooks", wanted, 201),
            ("POST", "/api/v1/webhooks", chunks, 201),
            ("GET", "/api/v1/events?per_page=0", None, 400),
        ):
            connection.request(method, path, body, headers, encode_chunked=True)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == status, text
            if path.endswith("per_page=1"):
                assert f"<{proxy.root}/api/v1/events?" in (answer.getheader("Link") or ""), "links lead through it"
        connection.close()
        sent = [dict(each.request_headers)[TRACE] for each in recording.evidence]
        entries = server.request("GET", "/_sandbox/sandboxes/default/journal/har").json["log"]["entries"]
        came = [field["value"] for each in entries for field in each["request"]["headers"] if field["name"] == TRACE]
        assert sorted(came) == sorted(sent), "each is found in the traces of the deployment"
        assert len(set(came)) == 5
    assert live == ["CLIENT: per_page: 0 is less than the minimum of 1"]
    result = recording.result(proxy.root, seconds=1.0, strict=("all",))
    assert [each.case.name for each in result.of(Verdict.BROKEN)] == ["CLIENT 1 listEvents"]
    assert len(result.evidence) == 5


def test_an_upstream_that_is_gone_is_502(contract: Contract) -> None:
    with proxied("http://127.0.0.1:9", contract) as (proxy, recording, _):
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.root.rpartition(":")[2]))
        connection.request("GET", "/api/v1/me")
        assert connection.getresponse().status == 502
        connection.close()
    assert recording.evidence == []


@contextmanager
def answering(headers: dict[str, str], body: bytes, *, status: int = 200) -> Iterator[str]:
    """The root of a server that always answers so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(root: str, method: str = "GET", path: str = "/api/v1/me") -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(root.removeprefix("http://"))
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


LIMITS = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "99", "X-Request-Id": "req_00000000000000000001"}
WRONG = b'{"object": "account"}'


@pytest.mark.parametrize(
    ("coding", "coded"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("GZIP, br", None)],
)
def test_what_is_coded_is_judged_decoded_and_forwarded_coded(
    contract: Contract, coding: str, coded: Callable[[bytes], bytes] | None
) -> None:
    sent = coded(WRONG) if coded else brotli.compress(gzip.compress(WRONG))
    headers = {"Content-Type": "application/json", "Content-Encoding": coding, **LIMITS}
    with answering(headers, sent) as root, proxied(root, contract) as (proxy, recording, live):
        answer, body = asked(proxy.root)
        assert (body, answer.getheader("Content-Encoding")) == (sent, coding)
    assert any("is a required property" in line for line in live)
    assert recording.evidence[0].body == WRONG


def test_what_can_not_be_decoded_is_not_judged(contract: Contract) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "dcz", **LIMITS}
    with answering(headers, b"?") as root, proxied(root, contract) as (proxy, recording, live):
        asked(proxy.root)
    assert live == []
    (note,) = recording.result(root, seconds=0.0).notes
    assert note == "not judged (1): the content coding 'dcz' is unknown here (getAccount)"


def test_head_has_the_length_of_what_it_stands_for(contract: Contract) -> None:
    with answering({}, b"x" * 321) as root, proxied(root, contract) as (proxy, _, _):
        answer, body = asked(proxy.root, "HEAD")
        assert (answer.getheader("Content-Length"), body) == ("321", b"")
    with answering({"Content-Length": "77"}, b"", status=304) as root, proxied(root, contract) as (proxy, _, _):
        assert asked(proxy.root)[0].getheader("Content-Length") == "77"


def test_ctrl_c_ends_it_with_the_verdict_also_in_the_background(tmp_path: Path) -> None:
    """A shell has what it starts in the background ignore SIGINT."""
    headers = {"Content-Type": "application/json", **LIMITS}
    with answering(headers, WRONG) as root:
        process = subprocess.Popen(
            [*(sys.executable, "-m", "smartcal_api", "proxy", "--upstream", root, "--port", "0", "--report-dir", "r")],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        asked(process.stdout.readline().split()[0])
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert line.startswith("✗ server, "), "whether it is documented is said at once"
    assert (process.returncode in (0, 1), "SERVER 1" in rest) == (True, True)
    assert json.loads((tmp_path / "r/verdict.json").read_text())["exit_code"] == process.returncode


def proxy(*flags: str) -> int:
    """The command, in this process."""
    code: int = cli.main(["proxy", "--port", "0", *flags], prog_name="smartcal", standalone_mode=False)
    return code


def test_sigterm_is_as_good_and_changes_nothing_for_whoever_comes_after(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def kill() -> None:
        """Once the proxy is there to hear it."""
        while signal.getsignal(signal.SIGTERM) is before:
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=kill, daemon=True).start()
    with answering({}, b"") as root:
        assert proxy("--upstream", root) == 3
    assert "inconclusive" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_command_is_run_in_front_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    """The verdict decides, and a command that fails is a no as well."""
    call = "import os,urllib.request as r; r.urlopen(os.environ['SMARTCAL_BASE_URL'] + '/me').read()"
    right = {
        "id": "acc_00000000000000000001",
        "object": "account",
        "name": "Ann",
        "email": "ann@example.com",
        "timezone": "Europe/Paris",
        "plan": "free",
        "scopes": ["read"],
        "auth_method": "api_key",
        "created_at": "2026-01-01T00:00:00Z",
    }
    headers = {"Content-Type": "application/json", **LIMITS}
    with answering(headers, json.dumps(right).encode()) as root:
        assert proxy("--upstream", root, "--", sys.executable, "-c", call) == 0
        assert "\nconformant" in capfd.readouterr().out
        assert proxy("--upstream", root, sys.executable, "-c", f"{call}; raise SystemExit(7)") == 1
        assert "ended with 7" in capfd.readouterr().err
        with pytest.raises(UsageError, match="can't run 'no-such-command'"):
            proxy("--upstream", root, "--", "no-such-command")


def test_it_ends_by_itself_once_nothing_was_asked_for_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    assert proxy("--upstream", "http://127.0.0.1:9", "--until-idle", "0.2") == 3
    assert "inconclusive" in capsys.readouterr().out
