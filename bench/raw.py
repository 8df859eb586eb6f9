"""A raw ASGI application that sends recorded answers, byte for byte: what uvicorn itself can do at most.

Run as `python -m bench.raw PORT ANSWERS`, where ANSWERS has a line `[target, headers, body]` for each URL.
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from bench.listen import listen


def application(answers: Path) -> Any:
    """Looks the target up and sends what was recorded for it."""
    known: dict[bytes, list[dict[str, Any]]] = {}
    with answers.open("rb") as lines:
        for line in lines:
            target, headers, body = orjson.loads(line)
            wire = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            known[target.encode()] = [
                {"type": "http.response.start", "status": 200, "headers": wire},
                {"type": "http.response.body", "body": body.encode()},
            ]

    async def app(scope: Any, _: Any, send: Any) -> None:
        query = scope["query_string"]
        start, body = known[scope["raw_path"] + b"?" + query if query else scope["raw_path"]]
        await send(start)
        await send(body)

    return app


if __name__ == "__main__":
    listen(application(Path(sys.argv[2])), int(sys.argv[1]))
