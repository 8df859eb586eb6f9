"""`smartcal check-receiver`: whether a receiver takes what it should, and refuses what it must."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import click
import orjson

from smartcal_api.cli.options import format_option
from smartcal_api.errors import UsageError


@click.command("check-receiver")
@click.argument("url")
@click.option(
    "--secret",
    required=True,
    envvar="SMARTCAL_WEBHOOK_SECRET",
    help="What the receiver verifies by. SMARTCAL_WEBHOOK_SECRET keeps it out of `ps`.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Decides the generated deliveries.")
@click.option("--receiver-ca", type=click.Path(path_type=Path), metavar="FILE", help="Certificates to believe it by.")
@format_option("text", "json")
def check_receiver(url: str, secret: str, seed: int, receiver_ca: Path | None, shape: str) -> int:
    """Send valid, tampered, unsigned, repeated and hostile deliveries to URL.

    As JSON it is a line for each delivery.

    Ends with 0 if each was taken or refused as it should be, with 1 if not, with
    2 if nobody is there.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is not an http or https URL.")
    return asyncio.run(_check(url, secret, seed, receiver_ca, as_json=shape == "json"))


async def _check(url: str, secret: str, seed: int, receiver_ca: Path | None, *, as_json: bool) -> int:
    from smartcal_api.contract import Contract
    from smartcal_api.receiver_check import cases, check
    from smartcal_api.webhooks.attempt import Sender
    from smartcal_api.webhooks.network import Receivers
    from smartcal_api.webhooks.trust import tls_context

    contract = Contract.read()
    # Whoever names it means it.
    receivers = Receivers.read(["public", "0.0.0.0/0", "::/0"])
    sender = Sender(receivers, tls=tls_context(receiver_ca) if receiver_ca is not None else None)
    tried = faults = 0
    async for verdict in check(contract, url, cases(contract, secret, seed=seed), sender):
        tried += 1
        faults += verdict.fault is not None
        if as_json:
            wanted = "take" if verdict.case.take else "refuse"
            line = {"case": verdict.case.name, "should": wanted, "answered": verdict.answered, "fault": verdict.fault}
            click.echo(orjson.dumps(line).decode())
        elif verdict.fault is None:
            click.echo(f"{click.style('right', fg='green')}  {verdict.case.name}: {verdict.answered}")
        else:
            click.echo(f"{click.style('WRONG', fg='red')}  {verdict.case.name}: {verdict.fault}")
    if not as_json:
        click.echo(f"{tried} deliveries, {faults} wrong")
    return 1 if faults else 0
