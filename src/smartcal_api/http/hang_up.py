"""Ending a connection in place of an answer, or of the rest of one."""

from starlette.types import Scope, Send

# An extension of ASGI: a server that names it in the scope takes a message of this type.
HANG_UP = "smartcal.hang_up"


async def hang_up(scope: Scope, send: Send, *, last: bytes = b"") -> None:
    """Where there is no connection to end, the answer just never comes, or never ends.

    `last` ends an answer that was sent in pieces, whether or not its reader has taken the others.
    """
    if HANG_UP in scope.get("extensions", ()):
        await send({"type": HANG_UP, "body": last} if last else {"type": HANG_UP})
