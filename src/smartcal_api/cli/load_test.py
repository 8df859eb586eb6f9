"""`smartcal load-test`."""

import os
from functools import partial
from pathlib import Path
from typing import Any

import click

from smartcal_api.cli.interruption import interruptible
from smartcal_api.cli.judging import judging_extra, labels_option, named_labels, summarize
from smartcal_api.cli.options import format_option, overlay_option
from smartcal_api.cli.options import option as shared_option
from smartcal_api.cli.spec import SPEC_HELP, Spec
from smartcal_api.cli.targets import NamedTarget, target_option
from smartcal_api.errors import UsageError

_FILE = click.Path(path_type=Path)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
option = partial(shared_option, prefix="SMARTCAL_LOAD_TEST_")


class Seconds(click.ParamType[float]):
    """`10s`, `2m`, or a number of seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        number, unit = (text[:-1], _UNITS[text[-1]]) if text[-1:] in _UNITS else (text, 1.0)
        try:
            seconds = float(number) * unit
        except ValueError:
            seconds = -1.0
        if not 0 < seconds <= 24 * _UNITS["h"]:
            self.fail(f"{text!r} is no duration; write it as 10s or 2m, up to 24h.", param, ctx)
        return seconds


@click.command()
@option("--url", metavar="URL", help="The root of a deployment; default: a fresh mock.")
@target_option(option, "What is known of it: [targets.NAME] in smartcal.toml, or what `serve --ready-file` writes.")
@option("--key", multiple=True, metavar="SCOPES=VALUE", help="A key; VALUE may be @FILE or -. Repeatable.")
@option("--client", multiple=True, metavar="ID[:SECRET][=URI]", help="An OAuth client. Repeatable.")
@option("--header", multiple=True, metavar="NAME: VALUE", help="Sent with every request. Repeatable.")
@option("--cacert", type=_FILE, metavar="FILE", help="The certificates to trust, PEM.")
@option("--allow-writes", is_flag=True, default=None, help="Change things on the target; unsaid: in a sandbox alone.")
@option("--exhaust", is_flag=True, help="Leave to use up budgets that others may share, for --limits test.")
@option("--users", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many at a time.")
@option("--for", type=Seconds(), default="10s", show_default=True, help="How long.")
@option("--limits", type=click.Choice(["honour", "test"]), default="honour", show_default=True,
        help="Stay below the limits of each key, or run into them.")  # fmt: skip
@option("--seed", type=int, default=0, show_default=True, help="Decides what the users do.")
@option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)
@overlay_option(option)
@labels_option(option)
@format_option("text", "json", "markdown")
def load_test(**given: Any) -> int:
    """Ask a deployment for what the contract has, as many users at once, and judge what it answers.

    Each user looks through lists and at what is in them, and changes things where that is allowed. With a control plane
    each has a sandbox of its own. Where GITHUB_STEP_SUMMARY is set, the report is added to it.

    Exit code: 0 the answers keep the contract, 1 not, or some were failures or never came, 2 a wrong flag or set-up,
    3 none came.
    """
    from smartcal_api.contract import Contract

    if isinstance(given["target"], NamedTarget):
        given["target"] = given["target"].document(os.environ)
    contract = Contract.read(given["spec"], overlays=given["overlay"])
    labels = named_labels(given["label"])
    with judging_extra("load-test", "load"):
        from smartcal_api.conformance.given import given_target
        from smartcal_api.conformance.masking import Masks
        from smartcal_api.conformance.report.taking import take
        from smartcal_api.load.report import FORMATS, exit_code
        from smartcal_api.load.running import load, need
        from smartcal_api.load.scenario import TEST, tasks

        need("locust")
    with given_target(contract, given, mock=("--oauth-consent", "auto")) as target:
        own = target.exclusive or target.control_url is not None
        if given["limits"] == TEST and not own and not target.exhaust:
            raise UsageError("--limits test uses up the budgets of keys, for whoever shares them: add --exhaust.")
        wanted, left_out = tasks(contract, target)
        with interruptible():
            loaded = load(
                *(contract, target, wanted),
                users=given["users"],
                seconds=given["for"],
                limits=given["limits"],
                seed=given["seed"],
            )
        masks = Masks(contract, target, foreign=True)
        masks.learn(loaded.result.evidence)
        record = take(loaded.result, masks, labels=labels)
    click.echo(FORMATS[given["shape"]](loaded, record, left_out), nl=False)
    summarize(FORMATS["markdown"](loaded, record, left_out))
    return int(exit_code(loaded, record))
