"""Prints one line of JSON when it listens."""

import argparse
import asyncio
import contextlib
import json
import random
import sys
from pathlib import Path

from .api import Api
from .limits import KINDS, Limiter
from .oauth import OAuth
from .server import Noise, Server
from .site import Site


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bugs", default="", help="names, separated by commas")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds, at most")
    parser.add_argument(
        "--gateway", type=float, default=0, help="the share that something on the way answers with a 502"
    )
    parser.add_argument("--coding", choices=["asked", "always", "never"], default="never")
    parser.add_argument("--limiter", choices=sorted(KINDS), default="window")
    parser.add_argument("--minute", type=int, default=100)
    parser.add_argument("--hour", type=int, default=1000)
    parser.add_argument("--envelope", choices=["data", "results"], default="data")
    parser.add_argument("--ids", choices=["ulid", "uuid"], default="ulid")
    parser.add_argument("--tunnel", default="", help="https://PUBLIC=http://LOCAL: where a public address leads to")
    parser.add_argument("--bookings", type=int, default=150)
    parser.add_argument("--issued", type=Path, help="where to note the secrets that are given out")
    given = parser.parse_args()
    bugs = frozenset(filter(None, given.bugs.split(",")))
    tunnel = tuple(given.tunnel.split("=")) if given.tunnel else None
    site = Site(bugs, ids=given.ids, bookings=given.bookings, tunnel=tunnel, issued=given.issued)
    limiter = Limiter(KINDS[given.limiter], bugs, minute=given.minute, hour=given.hour)
    noise = Noise(given.latency / 1000, given.gateway, given.coding, random.Random())
    server = Server(Api(site, given.envelope), OAuth(site), limiter, noise)
    listening = await asyncio.start_server(server.connected, "127.0.0.1", given.port, limit=65_536)
    port = listening.sockets[0].getsockname()[1]
    print(json.dumps({"root": f"http://127.0.0.1:{port}"} | site.handout()), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
