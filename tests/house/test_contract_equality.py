"""The contract is the only source: what the code serves and names is what the contract has, both ways (law SRC 1)."""

import ast
import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.api import handlers
from smartcal_api.api.needs import NEEDS
from smartcal_api.contract import Contract
from smartcal_api.contract.check_policy import ANYWHERE
from smartcal_api.control.plane import describe
from tests.house import client_types
from tests.house.source import modules
from tests.wire import World, open_world

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE")
VERBS = {"get", "put", "post", "delete", "options", "head", "patch"}


@pytest.fixture(scope="module")
def shared() -> World:
    """One world for requests that change nothing."""
    return open_world()


def stated(contract: Contract) -> dict[str, set[str]]:
    """Path → methods, straight from the document; HEAD where there is GET."""
    paths = {path: {verb.upper() for verb in item if verb in VERBS} for path, item in contract.data["paths"].items()}
    return {path: methods | ({"HEAD"} if "GET" in methods else set()) for path, methods in paths.items()}


def test_src_1_every_operation_is_served_and_nothing_else(shared: World) -> None:
    contract = shared.contract
    operations = [item[verb] for item in contract.data["paths"].values() for verb in item if verb in VERBS]
    assert set(shared.application.served) == {each["operationId"] for each in operations}
    assert len(shared.application.served) == len(operations)


def test_src_1_every_path_answers_the_methods_that_it_has(shared: World) -> None:
    for path, methods in stated(shared.contract).items():
        for method in METHODS:
            reply = shared.request(method, path)
            assert (reply.status == 405) == (method not in methods), f"{method} {path} is {reply.status}"
            assert reply.status != 404 or "{" in path, f"{method} {path}"
            if reply.status == 405:
                assert set(reply.headers["allow"].split(", ")) == methods


def test_src_1_a_path_that_the_contract_lacks_is_nothing(shared: World) -> None:
    """Any path of the contract's own segments, in any order and number."""
    paths = stated(shared.contract)
    segments = sorted({part for path in paths for part in path.split("/")[1:] if "{" not in part} | {"x"})
    templates = [re.compile(re.sub(r"\\\{[^/]*\\\}", "[^/]+", re.escape(path))) for path in paths]

    @given(st.lists(st.sampled_from(segments), max_size=6), st.booleans(), st.sampled_from(["GET", "HEAD"]))
    def nothing_is_there(parts: list[str], trailing: bool, method: str) -> None:
        path = "/" + "/".join(parts) + ("/" if trailing else "")
        known = any(template.fullmatch(path) for template in templates)
        status = shared.request(method, path).status
        assert (status == 404) == (not known), path

    nothing_is_there()


def test_src_1_every_handler_belongs_to_an_operation(contract: Contract) -> None:
    assert set(handlers(contract)) <= set(contract.operations)


def test_src_1_every_operation_of_the_shipped_contract_has_a_handler(shared: World) -> None:
    assert shared.application.mocked == []


def test_src_1_the_codes_that_the_code_raises_are_the_contracts(contract: Contract) -> None:
    raised = {code for module in modules() if module.part != "control" for code in _codes(module.tree)}
    assert raised == set(contract.policy.problems)
    assert set(contract.schema("Problem")["properties"]["code"]["enum"]) == raised


def test_src_1_what_handlers_need_is_what_they_raise_and_have_a_need_each(contract: Contract) -> None:
    """Codes that any step may raise are asked for by the contract's own check."""
    own = {code for needs in NEEDS.values() for code in needs.raises}
    raised = {code for module in modules() if module.part == "api" for code in _codes(module.tree)}
    assert raised - ANYWHERE == own
    assert NEEDS.keys() == handlers(contract).keys()


def test_src_1_no_handler_is_unfit_for_the_shipped_contract_and_nothing_is_told(shared: World) -> None:
    assert [*shared.application.unfit.values(), *shared.application.remarks] == []


def test_src_1_the_codes_of_the_control_plane_are_those_of_its_document(contract: Contract) -> None:
    """Its own handlers raise some; the steps that it shares with the product raise the others."""
    stated = set(describe(contract).policy.problems)
    raised = {
        part: {code for m in modules() if m.part == part for code in _codes(m.tree)} for part in ("control", "http")
    }
    raised["http"] |= {code for module in modules() if module.part == "store" for code in _codes(module.tree)}
    assert raised["control"] <= stated
    assert stated - raised["control"] <= set(contract.policy.problems)


def test_src_1_the_scopes_are_those_of_the_flow_everywhere(contract: Contract) -> None:
    flows = contract.data["components"]["securitySchemes"]["oauth2"]["flows"]
    granted = {scope for flow in flows.values() for scope in flow["scopes"]}
    asked = {scope for operation in contract.operations.values() for scope in operation.scopes}
    assert set(contract.scopes) == granted == set(contract.schema("Scope")["enum"])
    assert asked <= granted
    assert granted - asked == set(contract.policy.scope_implies), "a scope is asked for, or stands for others"


def test_src_1_the_event_types_are_the_keys_of_webhooks(contract: Contract) -> None:
    types = set(contract.data["webhooks"])
    assert set(contract.schema("EventType")["enum"]) == types
    kinds = {name.partition(".")[0] for name in types}
    written = {
        text
        for module in modules()
        for _, text in module.strings()
        if re.fullmatch(rf"(?:{'|'.join(kinds)})\.[a-z_]+", text)
    }
    assert written <= types


def test_src_1_no_code_repeats_what_the_contract_says(contract: Contract) -> None:
    """Prefixes, header names, paths, scopes and the alphabet of ids. (`contract/` says how one is written.)"""
    policy = contract.policy
    prefixes = re.compile(rf"\b(?:{'|'.join([*policy.ids['prefixes'].values(), *policy.secrets.values()])})")
    named = re.compile(rf"`(?:{'|'.join(contract.scopes)})`")
    # Location, Allow and WWW-Authenticate mean the same in any HTTP server; these are the contract's own.
    headers = [*filter(None, asdict(policy.rate_limit_headers).values()), policy.request_id_header]
    headers += [contract.data["x-webhook-signature"]["header"]]
    headers += [each["name"] for each in contract.data["components"]["securitySchemes"].values() if "name" in each]
    wire = re.compile("|".join(map(re.escape, [*headers, *contract.data["paths"]])), re.IGNORECASE)
    scopes = set(contract.scopes) - set(policy.resource_limits)
    repeated = [
        f"{module.path}:{line}: {text!r}"
        for module in modules()
        if module.part != "contract"
        for line, text in module.strings()
        if not text.startswith("/x-")  # a pointer to where the contract says it
        if any(pattern.search(text) for pattern in (prefixes, named, wire))
        or (module.part in {"auth", "http", "api", "server"} and text in scopes)
        or (module.part != "mock" and text == policy.ids["alphabet"])
    ]
    assert repeated == []


def test_src_1_no_code_repeats_the_numbers_of_the_contract(contract: Contract) -> None:
    policy = contract.policy
    limits = policy.request_limits
    own = {limits.body_bytes, limits.url_bytes, limits.header_bytes, *policy.lifetimes.values()}
    own |= {each.limit for each in policy.rate_limits} | {each.window_seconds for each in policy.rate_limits}
    served = {"http", "api", "auth", "sandbox", "app"} - {"protocol"}
    # Sizes of batches and memos, and the ceiling of a connection's memory, happen to be such numbers.
    other = {("sandbox/population.py", 1000), ("http/protocol.py", 1000)}
    repeated = {
        (module.path, node.value)
        for module in modules()
        if module.part in served
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in own
    }
    assert repeated <= other


def test_src_1_every_path_that_is_written_down_leads_into_the_contract(contract: Contract) -> None:
    for module in modules():
        for line, text in module.strings():
            if text.startswith("/api") and " " not in text:
                known = any(f"{path}/".startswith(f"{text}/") for path in contract.data["paths"])
                assert known, f"{module.path}:{line}"


def _codes(tree: ast.Module) -> set[str]:
    """The codes of problems: the first argument of `Problem`, and what its subclasses hand up to it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func
            problem = isinstance(called, ast.Name) and called.id == "Problem"
            above = isinstance(called, ast.Attribute) and called.attr == "__init__"
            if (problem or above) and isinstance(node.args[0].value, str):
                code = node.args[0].value
                if problem or re.fullmatch(r"[a-z_]+", code):
                    found.add(code)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            raise AssertionError(f"line {node.lineno}: write the code out, so that it can be found")
    return found


@pytest.mark.parametrize("name", client_types.DOCUMENTS)
def test_the_types_of_the_javascript_package_are_of_the_documents_as_they_are(name: str) -> None:
    made = client_types.path(name).read_text(encoding="utf-8")
    assert made.startswith(client_types.header(name)), "the document has changed since: run `make js-types`"
