"""The product document's Quick Start: its commands work as they stand, once host, key and booking are replaced."""

import http.client
import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Running, serving

QUICK_START = r"""
# Get your events
curl -H "Authorization: Bearer YOUR_API_KEY" \
  https://smartcalpro.com/api/v1/events

# List your bookings
curl -H "Authorization: Bearer YOUR_API_KEY" \
  https://smartcalpro.com/api/v1/bookings

# Cancel a booking
curl -X POST -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"reason": "Schedule conflict"}' \
  https://smartcalpro.com/api/v1/bookings/BOOKING_ID/cancel
"""
COMMANDS = [block.partition("\n")[2].strip() for block in QUICK_START.strip().split("\n\n")]


def with_curl(command: str) -> bytes:
    return subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout


def without_curl(command: str) -> bytes:
    """What curl would send, read from the command line."""
    words = shlex.split(command.replace("\\\n", ""))[1:]
    method, body, fields, url = None, None, {}, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-d":
            body = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            fields[name] = value
        else:
            url = word
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request(method or ("POST" if body else "GET"), parts.path, body, fields)
    answer = connection.getresponse().read()
    connection.close()
    return answer


@pytest.mark.parametrize("send", [without_curl, *([with_curl] if shutil.which("curl") else [])])
def test_the_quick_start_works_with_one_key_for_all_of_it(tmp_path: Path, send: Callable[[str], bytes]) -> None:
    with serving(tmp_path, "--key", "read,write=YOUR_API_KEY") as server:
        events, bookings = (json.loads(send(as_served(command, server))) for command in COMMANDS[:2])
        assert events["data"][0]["object"] == "event"
        assert bookings["pagination"]["total"] == 50
        upcoming = server.request("GET", "/api/v1/bookings?upcoming=true", key="YOUR_API_KEY").json["data"][0]["id"]
        cancelled = json.loads(send(as_served(COMMANDS[2], server).replace("BOOKING_ID", upcoming)))
        assert cancelled["status"] == "cancelled"
        assert cancelled["cancellation"]["reason"] == "Schedule conflict"


def as_served(command: str, server: Running) -> str:
    return command.replace("https://smartcalpro.com", server.ready["root_url"])
