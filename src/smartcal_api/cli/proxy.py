"""`smartcal proxy`."""

import time
from functools import partial
from pathlib import Path

import click

from smartcal_api.cli.judging import judging_extra, tell
from smartcal_api.cli.options import option as shared_option

_FILE = click.Path(path_type=Path)
option = partial(shared_option, prefix="SMARTCAL_PROXY_")


@click.command()
@option("--upstream", required=True, metavar="URL", help="The root of the deployment to forward to.")
@option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="The port; 0 takes a free one.")
@option("--cacert", type=_FILE, metavar="FILE", help="The certificates to trust, PEM.")
@option("--strict", is_flag=True, help="What the contract decides counts as what is documented.")
@option("--spec", type=_FILE, metavar="FILE", help="The contract; default: the one shipped.")
@option("--report-dir", type=_FILE, metavar="DIR", help="Where to write the reports.")
def proxy(
    upstream: str, port: int, cacert: Path | None, strict: bool, spec: Path | None, report_dir: Path | None
) -> int:
    """Stand between an app and a deployment, and judge what both send.

    Requests and answers are forwarded untouched. Each breach is told as it happens, the verdict at the end: Ctrl-C.
    Exit code: 0 both kept the contract, 1 not, 2 a wrong flag or set-up, 3 nothing was sent.
    """
    from smartcal_api.contract import Contract

    contract = Contract.read(spec)
    with judging_extra("proxy"):
        from smartcal_api.conformance.exchange import Exchange
        from smartcal_api.conformance.masking import Masks
        from smartcal_api.conformance.proxy import Proxy
        from smartcal_api.conformance.recorded import Recording
        from smartcal_api.conformance.target import Target, root_of
    target = Target(root=root_of(upstream), cacert=cacert)
    masks, recording = Masks(contract, target, foreign=True), Recording(contract)

    def record(exchange: Exchange) -> None:
        for side, fault in recording.add(exchange):
            click.echo(
                f"✗ {side.family.lower()}: {masks.text(str(exchange))}: {masks.text(fault.message)} ({fault.clause})"
            )

    running = Proxy(target, port=port, record=record)
    click.echo(f"{running.root} stands before {target.root}; Ctrl-C ends it and tells the verdict.")
    began = time.monotonic()
    try:
        running.serve()
    except KeyboardInterrupt:
        pass
    finally:
        running.close()
    return tell(recording.result(target.root, seconds=time.monotonic() - began, strict=strict), masks, report_dir)
