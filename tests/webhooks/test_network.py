"""Law DELV 6: which addresses are dialled, over a table of hostile ones and over resolvers that change their answer."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.errors import UsageError
from smartcal_api.webhooks.dialling import AddressRefused, Dialler, NameNotFound, system_resolver
from smartcal_api.webhooks.network import Receivers, literal

LOOPBACK, PUBLIC = Receivers(), Receivers.read(["public"])
EVERYTHING = Receivers.read(["0.0.0.0/0", "::/0", "public", "evil.example"])


def words(text: str) -> list[str]:
    return text.split()


# Never, whatever is allowed: link-local, metadata services, zero, multicast, broadcast; and wrapped in IPv6.
NEVER = words("""
169.254.169.254 169.254.0.0 169.254.0.1 169.254.170.2 169.254.255.255 169.254.169.253 169.254.42.42
100.100.100.200 168.63.129.16 192.0.0.192
0.0.0.0 0.0.0.1 0.1.2.3 0.255.255.255
224.0.0.0 224.0.0.1 224.0.0.251 239.255.255.250 239.255.255.255
240.0.0.1 250.1.2.3 255.255.255.255 255.255.255.254
:: fe80::1 fe80::1%eth0 fe80::1%1 fe80::a9fe:a9fe febf::1 fec0::1 feff::1
ff00::1 ff02::1 ff02::fb ff05::2 ff0e::1 fd00:ec2::254 fd00:ec2::1 fd20:ce::254
::ffff:169.254.169.254 ::ffff:0.0.0.0 ::ffff:224.0.0.1 ::ffff:255.255.255.255 ::ffff:100.100.100.200
::169.254.169.254 ::ffff:0:169.254.169.254 ::ffff:0:0.0.0.1
64:ff9b::169.254.169.254 64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe 64:ff9b::0.0.0.0 64:ff9b::e000:1
64:ff9b::7f00:1 64:ff9b:1::7f00:1 ::127.0.0.1 ::ffff:0:127.0.0.1
2002:a9fe:a9fe:: 2002:a9fe:a9fe::1 2002:7f00:1:: 2002:7f00:1::1 2002:0:1:: 2002:e000:1:: 2002:ffff:ffff::
2001:0:a9fe:a9fe::1 2001:0:7f00:1::1 2001:0:4136:e378:8000:63bf:5601:5601 2001:0:4136:e378:8000:63bf:80ff:fffe
2606:4700::5efe:a9fe:a9fe 2606:4700::200:5efe:a9fe:a9fe fd00::5efe:7f00:1
""")
# Not by default, nor as public: private networks, carriers' and documentation's ranges; and wrapped in IPv6.
PRIVATE = words("""
10.0.0.0 10.0.0.1 10.255.255.255 172.16.0.1 172.17.0.1 172.31.255.255 192.168.0.1 192.168.1.1 192.168.255.255
100.64.0.1 100.127.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
fc00::1 fd00::1 fd12:3456:789a::1 fdff::1 2001:db8::1 2001:db8:ffff::1 100::1
::ffff:10.0.0.1 ::ffff:192.168.1.1 ::ffff:172.16.0.1 ::ffff:100.64.0.1 ::10.0.0.1 ::192.168.1.1 ::ffff:0:10.0.0.1
64:ff9b::10.0.0.1 64:ff9b::192.168.1.1 64:ff9b::172.16.0.1 64:ff9b:1::10.0.0.1 2002:a00:1:: 2002:c0a8:101::1
2002:ac10:1:: 2606:4700::5efe:10.0.0.1 2606:4700::200:5efe:192.168.1.1
2001:0:4136:e378:8000:63bf:f5ff:fffe 2001:0:a00:1::1
""")
GLOBAL = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
HERE = ["127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.255", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]
# How some programs take an IPv4 address to be written; the system's resolver makes one of the above of each.
ODD = ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0x0", "00000000"]
ODD_HOSTILE = [
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "0xa9.0xfe.0xa9.0xfe",
    "169.16689662",
    "169.254.43518",
]


def refused(receivers: Receivers, address: str, host: str = "evil.example") -> bool:
    return receivers.refusal(host, ipaddress.ip_address(address)) is not None


def test_the_table_is_a_table() -> None:
    assert len({*NEVER, *PRIVATE, *HERE, *GLOBAL, *ODD, *ODD_HOSTILE}) >= 140


@pytest.mark.parametrize("address", NEVER)
def test_delv_6_these_are_never_dialled_whatever_was_allowed(address: str) -> None:
    allowed = [
        LOOPBACK,
        PUBLIC,
        EVERYTHING,
        Receivers.read([address.partition("%")[0]]),
        Receivers.read(["evil.example"]),
    ]
    assert all(refused(receivers, address) for receivers in allowed)


@pytest.mark.parametrize("address", PRIVATE)
def test_delv_6_private_addresses_are_dialled_only_where_they_were_allowed(address: str) -> None:
    assert refused(LOOPBACK, address)
    assert refused(PUBLIC, address)


@pytest.mark.parametrize("address", GLOBAL)
def test_delv_6_public_addresses_are_dialled_only_where_public_was_allowed(address: str) -> None:
    assert refused(LOOPBACK, address)
    assert not refused(PUBLIC, address)


@pytest.mark.parametrize("address", HERE)
def test_delv_6_loopback_is_dialled_as_it_comes(address: str) -> None:
    assert not refused(LOOPBACK, address)


def test_delv_6_a_network_and_a_host_allow_what_they_name_and_nothing_else() -> None:
    docker = Receivers.read(["172.17.0.0/16"])
    assert not refused(docker, "172.17.0.2")
    assert not refused(docker, "::ffff:172.17.0.2")
    assert refused(docker, "172.18.0.2")
    named = Receivers.read(["Receiver.Internal."])
    assert not refused(named, "10.1.2.3", host="receiver.internal")
    assert refused(named, "10.1.2.3", host="other.internal")
    assert refused(named, "10.1.2.3", host="receiver.internal.evil.example")


@given(st.ip_addresses())
def test_delv_6_of_any_address_more_is_allowed_only_by_allowing_more(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    chain = [LOOPBACK, PUBLIC, EVERYTHING]
    allowed = [not refused(receivers, str(address)) for receivers in chain]
    assert allowed == sorted(allowed)
    assert allowed[0] == (literal(str(address)) or address).is_loopback
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        assert not any(allowed)


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "a b", "https://x", "x/y", "*", "évil", "0x7f.1", "127.1"])
def test_what_can_not_be_allowed_is_a_clear_line(text: str) -> None:
    with pytest.raises(UsageError, match="--allow-receiver"):
        Receivers.read([text])


# -- dialling


class Network(httpcore.AsyncMockBackend):
    """Notes what is dialled, and connects to nothing."""

    def __init__(self) -> None:
        super().__init__([])
        self.dialled: list[str] = []

    async def connect_tcp(self, host: str, port: int, **_: object) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        return await super().connect_tcp(host, port)


def dial(receivers: Receivers, host: str, *answers: list[str]) -> list[str]:
    """Dials as often as there are answers of the resolver; the addresses that were dialled."""
    left: Iterator[list[str]] = iter(answers)

    async def resolve(_: str) -> list[str]:
        return next(left)

    dialler = Dialler(receivers, resolve=resolve)
    dialler._network = network = Network()

    async def attempts() -> None:
        for _ in answers or [[]]:
            try:
                await dialler.connect_tcp(host, 80)
            except AddressRefused:
                network.dialled.append("refused")

    asyncio.run(attempts())
    return network.dialled


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE, *GLOBAL])
def test_delv_6_a_name_that_leads_there_is_not_dialled(address: str) -> None:
    assert dial(LOOPBACK, "evil.example", [address]) == ["refused"]


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE, *GLOBAL])
def test_delv_6_neither_is_one_that_leads_there_besides(address: str) -> None:
    assert dial(LOOPBACK, "evil.example", ["127.0.0.1", address]) == ["refused"]
    assert dial(LOOPBACK, "evil.example", [address, "127.0.0.1"]) == ["refused"]


def test_delv_6_a_resolver_that_changes_its_answer_is_asked_and_judged_at_each_attempt() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.2"], ["10.0.0.1"], ["::1"]]
    assert dial(LOOPBACK, "rebind.example", *answers) == ["127.0.0.1", "refused", "127.0.0.2", "refused", "::1"]


def test_delv_6_what_was_checked_is_what_is_dialled() -> None:
    """The name is resolved once: a second answer would not have been checked."""
    assert dial(LOOPBACK, "rebind.example", ["127.0.0.1"]) == ["127.0.0.1"]
    assert dial(LOOPBACK, "[::ffff:127.0.0.1]") == ["127.0.0.1"]


@pytest.mark.parametrize("host", [*NEVER, *PRIVATE])
def test_delv_6_an_address_in_the_url_is_judged_without_a_resolver(host: str) -> None:
    assert dial(LOOPBACK, f"[{host}]" if ":" in host else host) == ["refused"]


@pytest.mark.parametrize("host", [*ODD, *ODD_HOSTILE])
def test_delv_6_an_odd_way_to_write_an_address_is_judged_by_what_it_resolves_to(host: str) -> None:
    """Not by its text: whatever the system takes it for is checked."""
    try:
        found = [str(at[0]) for *_, at in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError:
        found = ["127.0.0.1"]
    expected = found[:1] if all(ipaddress.ip_address(each).is_loopback for each in found) else ["refused"]
    assert literal(host) is None
    assert dial(LOOPBACK, host, found) == expected
    assert host in ODD or expected == ["refused"]


def test_delv_6_the_local_names_need_no_resolver() -> None:
    assert dial(LOOPBACK, "localhost") == ["127.0.0.1"]
    assert dial(LOOPBACK, "hooks.localhost.") == ["127.0.0.1"]


def test_the_systems_resolver_knows_this_machine_and_takes_no_nonsense() -> None:
    async def found(host: str) -> list[str]:
        return await system_resolver()(host)

    here = asyncio.run(found("localhost"))
    assert here
    assert all(ipaddress.ip_address(each).is_loopback for each in here)
    assert asyncio.run(found("a" * 64 + ".example")) == []
    assert asyncio.run(found("127.0.0.1")) == ["127.0.0.1"]


def test_a_name_without_an_address_is_told() -> None:
    async def nothing(_: str) -> list[str]:
        return []

    with pytest.raises(NameNotFound, match=r"gone\.example"):
        asyncio.run(Dialler(PUBLIC, resolve=nothing).connect_tcp("gone.example", 80))
