"""Law DELV 6: a delivery reaches no control plane of the server that sends it, by whatever address, name and path."""

import asyncio
import ipaddress
import socket

import pytest

from smartcal_api.webhooks.attempt import Request, Sender
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.outcome import Outcome
from smartcal_api.webhooks.own_plane import OwnPlane
from smartcal_api.webhooks.receiver import Receiver

RESET = "/_sandbox/sandboxes/default/reset"
HOSTS = (
    *("127.0.0.1", "127.0.0.2", "127.255.0.9", "localhost", "a.localhost", "LOCALHOST.", "[::1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:7f00:1]", "rebound.example", "mapped.example"),
)
PATHS = (
    *(RESET, "/_sandbox", "/_sandbox/", f"/{RESET}", f"//{RESET}", "/%5fsandbox/clock", "/%5Fsandb%6fx/clock"),
    *("/x/..%2f_sandbox/clock", "/./_sandbox/clock", "/a/../_sandbox/clock", "/%2f_sandbox%2Fclock"),
    *("/%255fsandbox/clock", "/\\_sandbox\\clock", "/_sandbox;a=b/clock", "/smartcal/_sandbox/x", "/_sandbox?a=b"),
)


def deliver(url: str, own: OwnPlane) -> Outcome:
    async def resolve(host: str) -> list[str]:
        return {"rebound.example": ["127.0.0.1"], "mapped.example": ["::ffff:127.0.0.1"]}.get(host, [])

    async def attempt() -> Outcome:
        sender = Sender(Receivers.read(["127.0.0.0/8"]), resolve=resolve, own_plane=own)
        return await sender.send(Request(url, b"{}", ()), timeout=20)

    return asyncio.run(attempt())


@pytest.mark.parametrize("path", PATHS)
def test_delv_6_no_address_of_this_server_leads_to_its_control_plane(path: str) -> None:
    with Receiver() as server:
        own = OwnPlane.of("/_sandbox", server.port, public_url=None, allowed_hosts=())
        for host in HOSTS if path == RESET else HOSTS[:1]:
            outcome = deliver(f"http://{host}:{server.port}{path}", own)
            assert outcome.error == "address_refused", host
            assert "a webhook never reaches a control plane" in str(outcome.detail)
        assert server.received == []


@pytest.mark.parametrize("name", ["abc.ngrok.example", "ABC.ngrok.example.", "proxy.example", "192.0.2.7"])
def test_delv_6_no_name_that_was_given_to_this_server_does(name: str) -> None:
    names = ("abc.ngrok.example:443", "192.0.2.7")
    own = OwnPlane.of("/_sandbox", 8080, public_url="https://proxy.example/smartcal", allowed_hosts=names)
    for url in (f"https://{name}/smartcal{RESET}", f"http://{name}:81{RESET}"):
        outcome = deliver(url, own)
        assert (outcome.error, "is a name of this server" in str(outcome.detail)) == ("address_refused", True)
    # Its product may be subscribed there: nothing but the control plane is shunned.
    assert "is a name of this server" not in str(deliver(f"https://{name}/hook", own).detail)


@pytest.mark.parametrize("path", ["/", "/api/v1/webhooks", "/_sandboxes", "/x_sandbox", "/hook?next=/_sandbox/clock"])
def test_delv_6_everything_else_on_this_machine_is_delivered_to(path: str) -> None:
    with Receiver() as receiver:
        own = OwnPlane.of("/_sandbox", receiver.port, public_url=None, allowed_hosts=())
        assert deliver(f"{receiver.url.rstrip('/')}{path}", own).success
        # Another port is somebody else's, who may have such a path.
        other = OwnPlane.of("/_sandbox", receiver.port + 1, public_url=None, allowed_hosts=())
        assert deliver(f"{receiver.url.rstrip('/')}{RESET}", other).success


def test_delv_6_an_address_of_this_machine_is_known_also_where_it_is_not_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = OwnPlane.of("/_sandbox", 8080, public_url=None, allowed_hosts=())
    elsewhere = ipaddress.ip_address("192.0.2.7")
    assert not own.is_at(elsewhere, 8080)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda _: ("192.0.2.7", 1))
    assert own.is_at(elsewhere, 8080)
    assert not own.is_at(elsewhere, 8081)
