"""SCHEMA 3: what Schemathesis finds, which generates from the schemas alone."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from sysconfig import get_path

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.fuzzed import Found, judged
from smartcal_api.conformance.law import Law, keyed, law, readable, secured
from smartcal_api.conformance.laws.responses import is_of_a_limit
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.relay import relay
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.policy import ProblemKind

_STANDS_FOR = "any-credential-of-the-target"
_LONGEST = 7200.0
# What it takes for a refusal of invalid data unless it is told.
_REFUSING = ("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "5xx")
_FEW = 2
EXAMPLES = 3
"""What it generates for an operation, at the most, in each phase."""


@law(
    "SCHEMA 3",
    "Schemathesis, in all phases and with all checks, finds nothing that breaks the contract.",
    over=keyed,
    requests=630,
    unsigned=500,
    worth=10,
    quick=False,
)
def schemathesis_finds_nothing(probe: Probe) -> None:
    """It tests through a relay, so it is paced like any law. Where only reading is allowed it reads.

    Of the OAuth operations it sees refusals alone, as no schema says what a client, a code or a redirect URI has to be:
    that their statuses, headers and bodies are those of the contract. What they grant is for the laws OAUTH.
    Two credentials or fewer, whose budgets no control plane can move, don't suffice for its phase `coverage` and all
    other laws within an hour, and the other laws cover parameters as well: then it is left out.
    """
    for each in secured(probe.contract):
        probe.credential(each.scopes)

    def best(operation: Operation | None) -> Credential:
        return probe.credential(operation.scopes if operation else frozenset())

    with (
        tempfile.TemporaryDirectory(prefix="smartcal-verify-") as folder,
        relay(probe.session, best, stands_for=_STANDS_FOR) as root,
    ):
        found, tested = _run(probe, root, Path(folder))
    for finding in found:
        by = "/info/description" if is_of_a_limit(probe, finding.clause) else finding.clause
        about = f"{finding.operation} {finding.clause}"
        at = finding.exchange or ()
        probe.expect(False, str(finding), by=by, at=at, kind=finding.code, parameter=about, seen="", ends=False)
    due = sum(probe.target.writable or each.method == "GET" for each in probe.contract.operations.values())
    if tested < due:
        probe.give_up(f"Schemathesis tested {tested} of {due} operations")
    silent = [
        each.id
        for each in (secured(probe.contract) if probe.target.writable else readable(probe.contract))
        if not any(exchange.ok for exchange in probe.evidence(each))
    ]
    if silent:
        probe.give_up(f"no success of {', '.join(silent)} was seen")


def _run(probe: Probe, root: str, folder: Path) -> tuple[list[Found], int]:
    """What of all that it found is so, and how many operations it tested."""
    config, report = folder / "schemathesis.toml", folder / "junit.xml"
    config.write_text("\n".join(_config(probe, root)), encoding="utf-8")
    command = [
        str(Path(get_path("scripts"), "schemathesis")),
        "--config-file",
        str(config),
        "run",
        str(_document(probe.contract, folder)),
        f"--max-examples={EXAMPLES}",
        f"--seed={probe.rng.getrandbits(31)}",
        "--report=junit",
        f"--report-junit-path={report}",
        "--no-color",
        *([] if probe.target.writable else ["--include-method=GET"]),
        *([] if _has_room(probe) else ["--phases=examples,fuzzing,stateful"]),
    ]
    try:
        ran = subprocess.run(  # noqa: S603  # the command that the extra installs, beside this interpreter
            command,
            cwd=folder,
            env={**os.environ, "COLUMNS": "160", "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    except FileNotFoundError:
        probe.give_up("Schemathesis isn't installed beside this command")
    except subprocess.TimeoutExpired:
        probe.give_up(f"Schemathesis was not done after {_LONGEST:.0f} s")
    if not report.exists():
        probe.give_up(f"Schemathesis ended with {ran.returncode}: {(ran.stdout + ran.stderr).strip()[-300:]}")
    tested = re.search(r"Tested: (\d+)", ran.stdout)
    requests = RequestJudge(probe.contract, probe.judge)
    return list(judged(report, probe.answers(), probe.judge, requests)), int(tested[1]) if tested else 0


def _has_room(probe: Probe) -> bool:
    own = [each for each in probe.target.credentials if each.account == 0]
    return probe.target.control_url is not None or len(own) > _FEW


def _document(contract: Contract, folder: Path) -> Path:
    """The contract with what `x-unrouted-responses` says of too large requests stated of each operation, since it knows
    of none but those, and makes parameters that no URL has room for."""
    unrouted = {
        str(each.status): {"$ref": f"#{contract.unrouted[each.status].pointer}"} for each in _too_large(contract)
    }
    data = deepcopy(contract.data)
    for operation in contract.operations.values():
        path, method = operation.path, operation.method.lower()
        data["paths"][path][method]["responses"] = {**unrouted, **data["paths"][path][method]["responses"]}
    copy = folder / "contract.json"
    copy.write_text(json.dumps(data), encoding="utf-8")
    return copy


def _too_large(contract: Contract) -> Iterator[ProblemKind]:
    for code in ("uri_too_long", "headers_too_large", "body_too_large"):
        kind = contract.policy.problems[code]
        if kind.status in contract.unrouted:
            yield kind


def _config(probe: Probe, root: str) -> Iterator[str]:
    """One scheme has the credential: with a header of our own it would invent an Authorization beside it."""
    schemes = probe.contract.data["components"]["securitySchemes"]
    bearer = next(name for name, each in schemes.items() if each["type"] == "http")
    yield f"base-url = {json.dumps(root)}"
    # An answer can wait for the room of a budget.
    yield f"request-timeout = {_LONGEST}"
    yield f"[auth.openapi.{bearer}]"
    yield f"bearer = {json.dumps(_STANDS_FOR)}"
    refusing = [*_REFUSING, *(str(each.status) for each in _too_large(probe.contract))]
    yield "[checks]"
    yield f"negative_data_rejection.expected-statuses = {json.dumps(refusing)}"
    for operation in probe.contract.operations.values():
        # A rule that no schema states can refuse what its schema allows: who the client is, where it may lead.
        refused = 422 if operation.alternatives else 400
        if refused in operation.responses:
            taken = ["2xx", "3xx", "401", "403", "404", "409", str(refused), "429", "503"]
            yield "[[operations]]"
            yield f"include-operation-id = {json.dumps(operation.id)}"
            yield f"checks.positive_data_acceptance.expected-statuses = {json.dumps(taken)}"


LAWS: tuple[Law, ...] = (schemathesis_finds_nothing,)
