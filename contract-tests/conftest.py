"""The laws of `smartcal verify` as tests: one for each law and operation, on any deployment.

    pytest contract-tests                                        a fresh mock
    pytest contract-tests --url ROOT --key read=KEY -m page      what is known of a deployment, one family
    pytest contract-tests --target ready.json -k listEvents      the ready file of `smartcal serve`

A law that is broken fails with its story. One that couldn't be decided fails, too, saying why; one for which a means
wasn't given is skipped, naming it. What differs from a choice that only the contract makes is a warning. Tests of one's
own get the fixtures `session` and `judged`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartcal_api.conformance.baseline import Baseline, read_baseline
from smartcal_api.conformance.given import given_target
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.stated import stated_forms
from smartcal_api.conformance.strictness import Strictness
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verification import FULL, Options, open_session
from smartcal_api.contract import Contract


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("deployment", "what is judged; without these a fresh mock")
    group.addoption("--url", help="the root of a deployment")
    group.addoption("--target", type=Path, help="a file that says what is known of it")
    group.addoption("--key", action="append", metavar="SCOPES=VALUE", help="a key of it; repeatable")
    group.addoption("--other-key", action="append", metavar="SCOPES=VALUE", help="a key of another account")
    group.addoption("--token", action="append", metavar="SCOPES=VALUE", help="an access token")
    group.addoption("--client", action="append", metavar="ID[:SECRET][=URI]", help="an OAuth client")
    group.addoption("--control", metavar="URL", help="its control plane")
    group.addoption("--allow-writes", action="store_true", default=None, help="change things on it")
    group.addoption("--no-allow-writes", action="store_false", dest="allow_writes", help="change nothing on it")
    group.addoption("--receiver-url", metavar="URL", help="where it can deliver webhooks to")
    group.addoption("--receiver-port", type=int, metavar="N", help="the local port that such a URL leads to")
    group.addoption("--exhaust", action="store_true", help="use up the budget of a key, to see that there is a limit")
    group.addoption("--budget", type=float, metavar="SECONDS", help="the longest that it may take")
    group.addoption("--baseline", type=Path, metavar="FILE", help="deviations that are accepted")
    group.addoption(
        "--strict-laws",
        action="append",
        nargs="?",
        const="all",
        metavar="LAW",
        help="choices that only the contract makes fail, too, instead of warning: all, or those of a law or family",
    )
    group.addoption("--spec", type=Path, help="the contract; default: the one shipped")
    group.addoption("--overlay", action="append", type=Path, help="an overlay of it; repeatable")
    group.addoption("--profile", choices=["quick", "full"], default="quick")
    group.addoption("--verify-seed", type=int, default=0, help="decides every generated value")


def pytest_configure(config: pytest.Config) -> None:
    for family in dict.fromkeys(each.family.lower() for each in ALL):
        config.addinivalue_line("markers", f"{family}: the laws {family.upper()}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        full = metafunc.config.getoption("--profile") == FULL
        chosen = cases(ALL, _read(metafunc.config), full=full)
        parameters = [
            pytest.param(each, id=each.name.replace(" ", "-"), marks=getattr(pytest.mark, each.law.family.lower()))
            for each in chosen
        ]
        metafunc.parametrize("case", parameters)


def _read(config: pytest.Config) -> Contract:
    contract = Contract.read(config.getoption("--spec"), overlays=config.getoption("--overlay") or ())
    stated_forms(contract)
    return contract


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The most valuable laws first, whatever order a plugin would like; those about the others' evidence last."""

    def worth(item: pytest.Item) -> int:
        callspec = getattr(item, "callspec", None)
        case = callspec.params.get("case") if callspec else None
        return -case.law.worth if isinstance(case, Case) else -1000

    items.sort(key=worth)


@pytest.fixture(scope="session")
def contract(pytestconfig: pytest.Config) -> Contract:
    return _read(pytestconfig)


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config, contract: Contract) -> Iterator[Target]:
    """What is known of the deployment."""
    with given_target(contract, vars(pytestconfig.option)) as known:
        yield known


@pytest.fixture(scope="session")
def session(pytestconfig: pytest.Config, contract: Contract, target: Target) -> Iterator[Session]:
    """Sends requests: paced, with the best key, and every one of them kept as evidence."""
    opened = open_session(contract, target, Options(budget_seconds=pytestconfig.getoption("--budget")))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def baseline(pytestconfig: pytest.Config, contract: Contract) -> Baseline:
    """The deviations that are accepted."""
    path = pytestconfig.getoption("--baseline")
    return read_baseline(path, contract) if path else Baseline()


@pytest.fixture(scope="session")
def judged(pytestconfig: pytest.Config, session: Session, baseline: Baseline) -> Runner:
    """Takes a `Case` to its verdict: `judged.check(Case(law, operation))`."""
    return Runner(
        session,
        seed=pytestconfig.getoption("--verify-seed"),
        full=pytestconfig.getoption("--profile") == FULL,
        strictness=Strictness(pytestconfig.getoption("--strict-laws") or ()),
        accepts=baseline.accepts,
    )


@pytest.fixture(scope="session")
def masks(contract: Contract, target: Target) -> Masks:
    """Takes credentials out of what is shown."""
    return Masks(contract, target)
