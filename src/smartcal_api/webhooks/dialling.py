"""Connects to receivers: resolves the name, checks every address of the answer, dials the one that was checked.

A name may answer otherwise the next time, so nothing is asked twice: what was checked is what is connected to.
"""

import ipaddress
import socket
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpcore

from smartcal_api.errors import SmartCalError
from smartcal_api.webhooks.network import Address, Receivers, is_local, literal
from smartcal_api.webhooks.own_plane import OwnPlane

Resolve = Callable[[str], Awaitable[list[str]]]
_LOOPBACK = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
# Names that never answer occupy a thread each until the system's resolver gives up; others must get through.
_THREADS = 32
_SHUNNED = "a webhook never reaches a control plane; subscribe a URL of your app"


class AddressRefused(SmartCalError):
    """The address is one that may not be dialled; the message says how to allow it, if that can be."""


class NameNotFound(SmartCalError):
    """The name has no address."""


class Dialler(httpcore.AsyncNetworkBackend):
    """The network as httpcore sees it. It knows no proxies, and takes nothing from the environment."""

    def __init__(
        self, receivers: Receivers, *, resolve: Resolve | None = None, shunned: OwnPlane | None = None
    ) -> None:
        """`shunned` is not dialled, by whatever name and address."""
        self._receivers = receivers
        self._shunned = shunned
        self._resolve = resolve or system_resolver()
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        shunned = self._shunned
        if shunned is not None and shunned.is_named(host):
            raise AddressRefused(f"{host} is a name of this server: {_SHUNNED}")
        addresses = await self._addresses(host)
        for address in addresses:
            refusal = self._receivers.refusal(host, address)
            if refusal is not None:
                raise AddressRefused(refusal)
            if shunned is not None and shunned.is_at(address, port):
                raise AddressRefused(f"{host} is at {address}, where this server listens: {_SHUNNED}")
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._network.connect_tcp(str(address), port, timeout=timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None  # a name without addresses was refused before
        raise failure

    async def _addresses(self, host: str) -> list[Address]:
        address = literal(host)
        if address is not None:
            return [address]
        if is_local(host):
            return list(_LOOPBACK)
        found = await self._resolve(host)
        if not found:
            raise NameNotFound(f"{host} has no address")
        return list(dict.fromkeys(literal(each) or ipaddress.ip_address(each) for each in found))


def system_resolver() -> Resolve:
    """The names as this machine knows them, asked in threads of its own."""
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")

    def look_up(host: str) -> list[str]:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        # With its scope, which the numeric form of a link-local address may carry apart.
        return [f"{at[0]}%{at[3]}" if len(at) == 4 and at[3] and "%" not in at[0] else str(at[0]) for *_, at in found]

    async def resolve(host: str) -> list[str]:
        return await get_running_loop().run_in_executor(threads, look_up, host)

    return resolve
