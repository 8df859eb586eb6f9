"""`smartcal verify`."""

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartcal_api.cli.colour import drawable
from smartcal_api.cli.consent import may_ask
from smartcal_api.cli.interruption import interruptible
from smartcal_api.cli.judging import (
    judging_extra,
    labels_option,
    named_labels,
    report_folder,
    strict_names,
    strict_option,
    tell,
)
from smartcal_api.cli.options import option as shared_option
from smartcal_api.cli.options import overlay_option, replace_option
from smartcal_api.cli.spec import SPEC_HELP, Spec
from smartcal_api.cli.targets import NamedTarget, target_option
from smartcal_api.errors import UsageError

if TYPE_CHECKING:
    from smartcal_api.conformance.target import Target
    from smartcal_api.conformance.verdict import Result
    from smartcal_api.output import Output

_FILE = click.Path(path_type=Path)
# A prefix of its own: SMARTCAL_SEED and SMARTCAL_KEY are those of a server.
option = partial(shared_option, prefix="SMARTCAL_VERIFY_")


@click.command()
@option("--url", metavar="URL", help="The root of a deployment; default: a fresh mock.")
@target_option(option, "What is known of it: [targets.NAME] in smartcal.toml, or what `serve --ready-file` writes.")
@option("--key", multiple=True, metavar="SCOPES=VALUE", help="A key; VALUE may be @FILE or -. Repeatable.")
@option("--other-key", multiple=True, metavar="SCOPES=VALUE", help="A key of another account. Repeatable.")
@option("--token", multiple=True, metavar="SCOPES=VALUE", help="An access token. Repeatable.")
@option("--client", multiple=True, metavar="ID[:SECRET][=URI]", help="An OAuth client. Repeatable.")
@option("--control", metavar="URL", help="The control plane of a sandbox.")
@option("--control-token", metavar="TOKEN", help="What that asks for; may be @FILE or -.")
@option("--receiver-url", metavar="URL", help="Where the deployment can deliver webhooks to.")
@option("--receiver-port", type=click.IntRange(1, 65535), metavar="N", help="The local port that such a URL leads to.")
@option("--header", multiple=True, metavar="NAME: VALUE", help="Sent with every request. Repeatable.")
@option("--cacert", type=_FILE, metavar="FILE", help="The certificates to trust, PEM.")
@option("--client-cert", type=_FILE, metavar="FILE", help="A certificate with its key to show, PEM.")
@option("--allow-writes", is_flag=True, default=None, help="Change things on the target; unsaid: in a sandbox alone.")
@option("--no-input", is_flag=True, help="Never ask; nor does it with CI set, or without a terminal.")
@option("--exhaust", is_flag=True, help="Use up the budget of a key, to see that there is a limit.")
@option("--profile", type=click.Choice(["quick", "full"]), default="full", show_default=True, help="How much is tried.")
@option("--seed", type=int, default=0, show_default=True, help="Decides every generated value.")
@option("--only", multiple=True, metavar="LAW", help="A law, a family, or a law and operation. Repeatable.")
@option("--require", multiple=True, metavar="LAW|all", help="Not verified counts as inconclusive. Repeatable.")
@strict_option(option)
@option("--reserve", type=click.IntRange(0), default=0, metavar="N", help="Requests of each window left to others.")
@option("--budget", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="The longest that it may take.")
@option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)
@overlay_option(option)
@option("--shard", metavar="I/N", help="One part of N of the run; `smartcal verdict merge` makes one verdict of all.")
@option("--suggest-overlay", type=_FILE, metavar="FILE", help="Write the forms that were recognised, as an overlay.")
@option("--plan", is_flag=True, help="Say what would be sent, how long it would take, and send nothing.")
@option("--compare", type=_FILE, metavar="LAST.json", help="A verdict.json of before, to tell what has changed.")
@option("--baseline", type=_FILE, metavar="FILE", help="Deviations that are accepted, each with reason, owner, expiry.")
@labels_option(option)
@option("--har", type=_FILE, metavar="FILE", help="Judge recorded traffic, and send nothing.")
@option("--report-dir", type=_FILE, metavar="DIR", help="Where to write the reports.")
@replace_option
def verify(**given: Any) -> int:
    """Judge a deployment by the contract: which laws hold, and which are broken.

    Whoever is on this machine can see the flags of a process (`ps`). Keys are
    safer in a file (@FILE) or in the environment, as SMARTCAL_KEY_READ and so on.

    Exit code: 0 conformant, 1 not, 2 a wrong flag or set-up (nothing was sent), 3 inconclusive, 4 a fault of this
    command. What is broken wins over 4, and that over 3.
    """
    from smartcal_api.contract import Contract

    if isinstance(given["target"], NamedTarget):
        given["target"] = given["target"].document(os.environ)
    contract = Contract.read(given["spec"], overlays=given["overlay"])
    with judging_extra("verify"):
        from smartcal_api.conformance.archive import read_archive
        from smartcal_api.conformance.baseline import Baseline, read_baseline
        from smartcal_api.conformance.given import given_target
        from smartcal_api.conformance.masking import Masks
        from smartcal_api.conformance.plan import plan, resolved
        from smartcal_api.conformance.recorded import Recording
        from smartcal_api.conformance.report.progress import LiveProgress
        from smartcal_api.conformance.report.stored import read_record
        from smartcal_api.conformance.shards import read_shard
        from smartcal_api.conformance.stated import stated_forms
        from smartcal_api.conformance.target import Target, root_of
        from smartcal_api.conformance.verification import FULL, Options, jobs, own, verify

        folder = report_folder(given["report_dir"], replace=given["replace"])
        suggestion = _suggestion(given["suggest_overlay"], replace=given["replace"])
    forms = stated_forms(contract)
    before = read_record(given["compare"], flag="--compare") if given["compare"] else None
    labels = named_labels(given["label"])
    options = Options(
        profile=given["profile"],
        seed=given["seed"],
        only=given["only"],
        reserve=given["reserve"],
        budget_seconds=given["budget"],
        shard=read_shard(given["shard"]) if given["shard"] else None,
        strict=strict_names(given["strict"]),
        required=given["require"],
        baseline=read_baseline(given["baseline"], contract) if given["baseline"] else Baseline(),
    )
    if given["har"] and options.shard:
        raise UsageError("--shard shares out what is sent; with --har nothing is.")
    if given["har"]:
        archive = read_archive(given["har"], contract, root_of(given["url"]) if given["url"] else None)
        recording = Recording(contract)
        for entry in archive.entries:
            recording.add(*entry)
        for why, numbers in archive.left_out.items():
            recording.leave_out(f"{why} (entries {', '.join(map(str, numbers))})", len(numbers))
        result = recording.result(archive.root, seconds=0.0, strict=options.strict)
        return tell(
            result,
            Masks(contract, Target(root=archive.root), foreign=True),
            folder,
            ending=forms,
            labels=labels,
            before=before,
        )
    with given_target(contract, given) as target:
        if given["plan"]:
            full = options.profile == FULL
            cases, shared = own(contract, options, target), jobs(options, target)
            lines = plan(cases, contract, target, full=full, reserve=options.reserve, jobs=shared)
            click.echo("\n".join([*resolved(target, contract, options), "", *lines]))
            return 0
        target = _allowed(target, no_input=given["no_input"])
        if not target.writable:
            click.echo(f"only reading {target.root}: what changes something isn't tried; --allow-writes allows it")
        live = LiveProgress(sys.stderr, terminal=drawable(sys.stderr, os.environ))
        with interruptible():
            result = verify(contract, target, options, progress=live.case, waiting=live.waiting)
        live.done()
        only_read = "" if target.writable else "only read (--allow-writes)"
    if suggestion is not None:
        _suggest(result, suggestion)
    ending = " · ".join(filter(None, (forms, only_read)))
    return tell(result, Masks(contract, target), folder, ending=ending, labels=labels, before=before)


def _suggestion(path: Path | None, *, replace: bool) -> "Output | None":
    """Where an overlay is to be written; raises `UsageError` for what must not be replaced."""
    from smartcal_api.conformance.suggesting import MARK
    from smartcal_api.output import Output

    if path is None:
        return None

    def ours(path: Path) -> bool:
        return path.read_text(encoding="utf-8", errors="replace").startswith(MARK)

    output = Output(path, "--suggest-overlay", "an overlay", ours, replace)
    output.check()
    return output


def _suggest(result: "Result", output: "Output") -> None:
    from smartcal_api.conformance.suggesting import suggest

    found = suggest(result.contract, result.evidence)
    for each in found.seen:
        click.echo(f"seen: {each}")
    if found.overlay:
        output.write(found.overlay.encode())
        click.echo(f"wrote {output.path}; try it with --overlay {output.path}\n")
    else:
        click.echo(f"no form was recognised that an overlay could state, so {output.path} isn't written\n")


def _allowed(target: "Target", *, no_input: bool) -> "Target":
    """Loopback alone is no permission, since tunnels and forwarded ports end there: whoever is there is asked."""
    if target.allow_writes is not None or target.writable or not target.loopback or not may_ask(no_input=no_input):
        return target
    asked = f"{target.root} may lead anywhere. May bookings be cancelled and webhooks made on it?"
    return replace(target, allow_writes=True) if click.confirm(asked, err=True) else target
