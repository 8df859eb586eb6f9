"""The map of the commands: what there is to do, by what one wants, each with what comes of it."""

from collections.abc import Iterator

GROUPS = {
    "Build an app": {
        "serve": "a local SmartCal Pro, or any OpenAPI document",
        "exec": "run a command, such as your tests, with a server of its own",
        "logs": "what was asked and answered, and why it was refused",
        "open": "see a failed test's bundle, or a HAR, in a browser",
        "listen": "receive webhooks here, show them, pass them on",
        "deliveries": "webhooks sent: list, redeliver, let the next ones misbehave",
        "check-receiver": "try your receiver with right, wrong and hostile deliveries",
    },
    "Arrange a test": {
        "trigger": "make something happen, such as booking.created",
        "clock": "read and move time",
        "fault": "let answers go wrong",
        "snapshot": "save, restore, compare",
        "reset": "put everything back to how it began",
        "sandbox": "make, list and remove worlds of their own",
        "key": "make, list and revoke API keys of a running server",
    },
    "Test a deployment": {
        "verify": "does it keep the contract?",
        "verdict": "show, compare, merge, follow; can this build be released?",
        "proxy": "do an app and it keep it with each other?",
        "load-test": "do many users at once get what it promises, and how fast?",
        "prove": "what a verdict is worth: the laws against known defects",
    },
    "Write the contract": {
        "init": "a small one to begin with",
        "lint": "what is wrong or odd in it, or in any OpenAPI document",
        "diff": "what a change breaks, and for whom",
        "impact": "what a change does to calls that were recorded",
        "accept": "accept what lint, diff or verify found, for a time",
        "contract routes laws": "print it, its operations, what holds it",
    },
    "Keep data in a file": {
        "store": "seed, keys, clients",
        "completion version": "of this command: for your shell, and which one it is",
    },
}
"""Those that stand together share a line. At most 40 of them: the map has to fit on a screen."""
FIRST = next(iter(GROUPS))
_WIDTH = 14
EARLIER = {
    "redeliver": ("deliveries", "redeliver"),
    "misbehave": ("deliveries", "misbehave"),
    "seed": ("store", "seed"),
    "keys": ("store", "keys"),
    "clients": ("store", "clients"),
}
"""Names of 0.0, and where it is done now. They work, and say so, until 0.2."""


def names() -> list[str]:
    """Every command, in the order of the map."""
    return [name for commands in GROUPS.values() for together in commands for name in together.split()]


def lines() -> Iterator[str]:
    """The whole map."""
    for group in GROUPS:
        yield from _group(group)


def first_lines() -> Iterator[str]:
    """What somebody is shown who has asked for nothing in particular."""
    yield from _group(FIRST)
    yield ""
    others = [group[0].lower() + group[1:] for group in GROUPS if group != FIRST]
    yield f"There is more, to {', '.join(others[:2])},"
    yield f"{', '.join(others[2:])}: `smartcal --help` lists it."


def _group(group: str) -> Iterator[str]:
    yield group
    for together, outcome in GROUPS[group].items():
        yield f"  {'  '.join(together.split()):<{_WIDTH}}  {outcome}"
