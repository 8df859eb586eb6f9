"""The page of the documents, as it is served; `browser-tests/` has it in a browser."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from smartcal_api.app import Front, Options
from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.web import Shown
from smartcal_api.web import docs as page_of
from smartcal_api.web.files import SWAGGER_FILES
from tests.control.plane import Plane, open_plane
from tests.web.test_entrance import BROWSER, ask


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    opened = open_plane(contract)
    opened.create(name="mine")
    shown = Shown({"read": "scp_demo_read", "admin": "scp_demo_admin"})
    return opened._replace(front=Front(opened.world.application, opened.registry, Options(), shown=shown))


def document(plane: Plane, of: str, sandbox: str = "") -> dict[str, Any]:
    found: dict[str, Any] = ask(plane, f"/_sandbox/docs/{of}.json{sandbox and f'?sandbox={sandbox}'}").json
    return found


def test_a_page_fetches_from_this_server_alone_and_all_that_it_names_is_there(plane: Plane) -> None:
    for query in ("", "?of=control", "?sandbox=mine", "?sandbox=nobody", "?of=x&sandbox="):
        page = ask(plane, f"/_sandbox/docs{query}", headers=BROWSER)
        policy, text = page.headers["content-security-policy"], page.body.decode()
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert re.findall(r"<style|<script>|\son\w+=|javascript:|https?:", text) == []
        named = set(re.findall(r'(?:href|src|data-document)="([^"]+)"', text))
        for path in named:
            found = ask(plane, path.replace("&amp;", "&"), headers=BROWSER)
            assert found.status == 200, path
            again = ask(plane, path.replace("&amp;", "&"), headers={**BROWSER, "if-none-match": found.headers["etag"]})
            assert (again.status, again.body) == (304, b"")
    for name in SWAGGER_FILES:
        assert ask(plane, f"/_sandbox/docs/{name}").headers["content-security-policy"] == policy
    for path in ("/_sandbox/docs/index.css", "/_sandbox/pages/../files.py", "/_sandbox/pages/none.mjs"):
        assert ask(plane, path).status == 404
    assert "flask" not in sys.modules
    assert "flask_swagger_ui" not in sys.modules


@pytest.mark.parametrize("sandbox", ["", "mine"])
def test_scopes_basis_and_policy_are_text_and_urls_are_those_of_the_sandbox(
    plane: Plane, contract: Contract, sandbox: str
) -> None:
    shown, prefix = document(plane, "product", sandbox), f"/~{sandbox}" if sandbox else ""
    OpenAPIV31SpecValidator(shown).validate()
    assert [each["url"] for each in shown["servers"]] == [prefix or "/"]
    flow = shown["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert (flow["authorizationUrl"], flow["tokenUrl"]) == (f"{prefix}/oauth/authorize", f"{prefix}/oauth/token")
    for operation in contract.operations.values():
        said = shown["paths"][operation.path][operation.method.lower()]["description"]
        scopes = {scope for each in operation.alternatives for scopes in each.values() for scope in scopes}
        assert set(re.findall(r"`(\w+)`", re.findall(r"\A\*\*Scope:\*\*.*|\A", said)[0])) == scopes
        assert re.search(r"\*(Documented|Decided)[^*]*\*\Z", said)
    (after,) = (each for each in shown["paths"]["/api/v1/events"]["get"]["parameters"] if each["name"] == "start_after")
    world = plane.sandbox(sandbox or "default")
    assert abs(parse_rfc3339(after["example"]) - world.clock.now()) < 14 * 86_400 * NANOSECONDS, (
        "there is something then"
    )
    for name in contract.data:
        assert not name.startswith("x-") or name == "x-basis" or f"\n{name}:" in shown["info"]["description"]
    assert ask(plane, f"{prefix}/openapi.json").json["info"] == contract.data["info"], "what is served stays as it is"


def test_a_page_begins_with_a_key_that_everybody_knows_and_with_a_client_that_comes_back_to_it(plane: Plane) -> None:
    page, own = (ask(plane, f"/_sandbox/docs{q}", headers=BROWSER).body.decode() for q in ("", "?sandbox=mine"))
    assert 'data-key="scp_demo_admin"' in page
    assert 'data-key=""' in own
    for name, text, client in (("default", page, "demo_docs"), ("mine", own, "demo_docs.mine")):
        assert f'data-client="{client}"' in text
        if name == "mine":
            found = plane.sandbox(name).oauth.clients.find(client)
            assert found is not None
            assert found.public
            for port, host in ((80, "127.0.0.1"), (8123, "localhost")):
                assert found.has_redirect_uri(f"http://{host}:{port}/_sandbox/docs/oauth2-redirect.html")
    assert "scp_demo" not in ask(plane, "/_sandbox/docs?of=control", headers=BROWSER).body.decode()


def test_operations_of_the_control_plane_have_all_parameters_and_say_when_a_token_is_asked_for(plane: Plane) -> None:
    shown = document(plane, "control")
    OpenAPIV31SpecValidator(shown).validate()
    freeze = shown["paths"]["/_sandbox/sandboxes/{sandbox}/clock/freeze"]
    assert [each["name"] for each in freeze["post"]["parameters"]] == ["sandbox"]
    assert "securitySchemes" not in shown["components"]
    front = Front(plane.world.application, plane.registry, Options(control_token="t" * 20), shown=Shown(token=True))
    assert document(plane._replace(front=front), "control")["security"] == [{"token": []}]


def test_without_swagger_ui_it_lists_the_operations_and_says_how_to_get_it(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page_of, "swagger_ui", lambda: None)
    plane = open_plane(contract)
    page = ask(plane, "/_sandbox/docs", headers=BROWSER)
    assert "pip install 'smartcal-api[docs]'" in page.body.decode()
    assert "unsafe" not in page.headers["content-security-policy"]
    for operation in contract.operations.values():
        assert f"<code>{operation.path}</code>" in page.body.decode()
    assert ask(plane, "/_sandbox/docs/swagger-ui.css").status == 404
