"""Binds the socket before anything else is done, so that a port that is taken costs nobody a wait."""

import errno
import ipaddress
import socket

from smartcal_api.errors import UsageError


def bind(host: str, port: int) -> socket.socket:
    """A bound TCP socket, on a free port where `port` is 0; raises `UsageError`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise UsageError(
            f"--host: {host!r} is not an address of this machine; 127.0.0.1 serves this machine alone."
        ) from None
    bound = socket.socket(family, kind, protocol)
    try:
        # Without it, a restart within a minute finds its own old connections in the way.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Listening claims the port: two sockets may be bound to one, only one may listen.
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise UsageError(_refusal(host, port, error)) from None
    bound.set_inheritable(False)
    return bound


def _refusal(host: str, port: int, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"--port: {port} needs more rights than this user has; take one above 1023, or 0 for a free one."
    if error.errno == errno.EADDRINUSE:
        return f"--port: {port} on {host} is taken; stop what listens there, name another port, or 0 for a free one."
    return f"--host: can't listen on {host}: {error.strerror}."


def root_url(host: str, bound: socket.socket) -> str:
    """The root that a client on this machine reaches the socket by."""
    address, port = bound.getsockname()[:2]
    try:
        if ipaddress.ip_address(host or address).is_unspecified:
            address = "127.0.0.1" if bound.family == socket.AF_INET else "::1"
    except ValueError:
        address = host  # a name, which clients can resolve as this server did
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
