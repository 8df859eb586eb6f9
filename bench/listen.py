"""uvicorn with the settings of `smartcal serve`, for the servers that it is compared with."""

import asyncio
from typing import Any

import uvicorn
import uvloop


def listen(application: Any, port: int) -> None:
    """Serves on loopback until a signal ends the process."""
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())
