"""The servers that are measured, as programs: the command itself, and the two that it is compared with."""

import re
import sys
from pathlib import Path

from bench.figures import CannotMeasure
from bench.processes import ROOT, Program, smartcal
from bench.scenarios import EVENTS

CONTRACT = ROOT / "openapi.yaml"
# Where `bench.bare` tells what it has used, and how many requests it answers with the journal before as many without:
# few enough to see the same of the machine's moods, and enough not to see what it takes to change sides.
TALLY, BLOCK = "/tally", 400
ADMITTED = 10_000_000  # a window's limit where the limiter is to work and to refuse nothing


def serve(*arguments: str) -> Program:
    return Program("smartcal", smartcal("serve", "--port", "{port}", *arguments), EVENTS)


def switched(*arguments: str) -> Program:
    command = [sys.executable, "-m", "bench.bare", "serve", "--port", "{port}", *arguments]
    return Program("smartcal with and without its journal", command, EVENTS)


def raw(answers: Path, first: str = EVENTS) -> Program:
    return Program("raw ASGI", [sys.executable, "-m", "bench.raw", "{port}", str(answers)], first)


def stock(events: Path) -> Program:
    command = [sys.executable, "-W", "ignore", "-m", "bench.stock", "{port}", str(CONTRACT), str(events)]
    return Program("Connexion stock", command, EVENTS)


def generous_contract(folder: Path) -> Path:
    """A copy of the contract with rate limits that no load uses up; they are kept all the same."""
    text = CONTRACT.read_text(encoding="utf-8")
    policy = re.search(r"^x-rate-limits:.*\n(?:[ \t]+.*\n)+", text, re.MULTILINE)
    if policy is None:
        raise CannotMeasure(f"{CONTRACT.name} has no x-rate-limits where this looks for them.")
    raised = re.sub(r"limit: \d+", f"limit: {ADMITTED}", policy[0])
    copy = folder / CONTRACT.name
    copy.write_text(text.replace(policy[0], raised), encoding="utf-8")
    return copy
