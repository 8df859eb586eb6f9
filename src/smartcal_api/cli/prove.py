"""`smartcal prove`."""

import json
import time
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from smartcal_api.cli.judging import judging_extra
from smartcal_api.cli.options import format_option
from smartcal_api.cli.options import option as shared_option
from smartcal_api.cli.spec import SPEC_HELP, Spec

option = partial(shared_option, prefix="SMARTCAL_PROVE_")


@click.command()
@option("--defect", multiple=True, metavar="NAME", help="A defect, a law or a family; default: all. Repeatable.")
@option("--seeds", type=click.IntRange(1), default=20, show_default=True, help="How often each defect is tried.")
@option("--right", type=click.IntRange(0), default=100, show_default=True, help="How often a right server is.")
@option("--quick", is_flag=True, help="Three seeds of each, ten of the right server, and no profile.")
@option("--schemathesis", is_flag=True, help="Run plain Schemathesis on each defect as well, ten seconds or more each.")
@option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)
@format_option("text", "json")
def prove(**given: Any) -> int:
    """Prove what `smartcal verify` is worth: servers that each break one law, and one that breaks none.

    Exit code: 0 if every defect is caught by the law that it breaks, from every seed, and a right server by none, and
    if a plain verdict counts each but those that differ from a choice of the contract alone; 1 otherwise.
    """
    from smartcal_api.cli.progress import progress
    from smartcal_api.contract import Contract

    contract = Contract.read(given["spec"], regular=True)  # each worker reads it again
    with judging_extra("prove"):
        from smartcal_api.defects import chosen
        from smartcal_api.defects.plain import compared
        from smartcal_api.defects.proof import Proof, Tried, table
        from smartcal_api.defects.proof import prove as proving
    defects = chosen(given["defect"])
    seeds, right = (
        (min(3, given["seeds"]), min(10, given["right"])) if given["quick"] else (given["seeds"], given["right"])
    )
    began = time.monotonic()
    tried, alarms = proving(
        defects, spec=given["spec"], seeds=seeds, right=right, quick=not given["quick"], progress=progress("proving")
    )
    plain = None
    if given["schemathesis"]:
        plain, found = compared(contract, defects, progress=progress("comparing"))
        tried = [Tried(**{**asdict(each), "schemathesis": found[each.defect]}) for each in tried]
    proof = Proof(tried=tuple(tried), right=right, alarms=tuple(alarms), seconds=time.monotonic() - began, plain=plain)
    if given["shape"] == "json":
        click.echo(json.dumps({"proven": proof.proven, **asdict(proof)}, indent=2, default=sorted))
    else:
        click.echo("\n".join(table(proof)))
    return 0 if proof.proven else 1
