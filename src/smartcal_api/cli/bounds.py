"""The flags of `smartcal serve` that bound what clients may take of it."""

from typing import Any

import click

from smartcal_api.cli.options import option


def bounds(command: Any) -> Any:
    """`--head-timeout`, `--body-timeout`, `--max-connections`, `--max-sandboxes`, `--max-snapshots`, `--max-memory`."""
    command = option(
        "--max-memory",
        type=click.IntRange(min=0),
        default=2_000,
        show_default=True,
        metavar="MB",
        help="What sandboxes besides the default one, and snapshots, may take in memory.",
    )(command)
    command = option(
        "--max-snapshots",
        type=click.IntRange(min=0),
        default=1_000,
        show_default=True,
        metavar="N",
        help="How many there may be in memory; beside a store's file, as many as the disk takes.",
    )(command)
    command = option(
        "--max-sandboxes",
        type=click.IntRange(min=0),
        default=2_000,
        show_default=True,
        metavar="N",
        help="How many there may be besides the default one.",
    )(command)
    command = option(
        "--max-connections",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many may be open at once; default: 4096, or three quarters of the files that a process may open.",
    )(command)
    command = option(
        "--body-timeout",
        type=click.IntRange(min=0),
        metavar="SECONDS",
        help="How long a body may pause; 0: for ever; default: as the contract has it.",
    )(command)
    return option(
        "--head-timeout",
        type=click.IntRange(min=0),
        metavar="SECONDS",
        help="How long a request's head may take; 0: for ever; default: as the contract has it.",
    )(command)
