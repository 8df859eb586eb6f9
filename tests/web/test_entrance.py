"""The way in: a browser is led to pages, tools find the contract, and nothing of it is of the product (law SRC 1)."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from smartcal_api.app import Front, Options
from smartcal_api.contract import Contract
from smartcal_api.web import Shown
from smartcal_api.web.files import STATIC
from tests.control.plane import Plane, open_plane
from tests.wire import Reply

ROOT = "http://127.0.0.1:8080"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TOOL = {"accept": "application/json"}


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    opened = open_plane(contract)
    opened.create(name="mine")
    return opened


def ask(plane: Plane, path: str, *, method: str = "GET", **request: Any) -> Reply:
    """Of any path, just as it is written."""
    return plane.request(method, path, absolute=True, media_type=None, **request)


def saved(folder: Path, text: str) -> Contract:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return Contract.read(path)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/_sandbox/"),
        ("/_sandbox", "/_sandbox/"),
        ("/docs", "/_sandbox/docs"),
        ("/~mine/", "/_sandbox/?sandbox=mine"),
        ("/~mine/docs", "/_sandbox/docs?sandbox=mine"),
    ],
)
def test_a_browser_is_led_to_the_pages_and_everybody_else_is_told_where_things_are(
    plane: Plane, path: str, place: str
) -> None:
    led = ask(plane, path, headers=BROWSER)
    assert (led.status, led.headers["location"], led.body) == (302, place, b"")
    assert ask(plane, place, headers=BROWSER).headers["content-type"] == "text/html; charset=utf-8"
    for headers in (TOOL, {}, {"accept": "*/*"}):
        refused = ask(plane, path, headers=headers)
        assert (refused.status, refused.code) == (404, "not_found")
        for told in (f"{ROOT}/openapi.json" if path != "/_sandbox" else "/_sandbox/openapi", f"{ROOT}/_sandbox/docs"):
            assert told in refused.json["detail"]


@pytest.mark.parametrize(("prefix", "root"), [("", ROOT), ("/~mine", f"{ROOT}/~mine")])
def test_the_contract_is_where_tools_look_for_it_as_it_is_served(
    plane: Plane, contract: Contract, prefix: str, root: str
) -> None:
    as_json, as_yaml = (ask(plane, f"{prefix}/openapi.{kind}") for kind in ("json", "yaml"))
    assert (as_json.headers["content-type"], as_yaml.headers["content-type"]) == (
        "application/json",
        "application/yaml",
    )
    document = as_json.json
    OpenAPIV31SpecValidator(document).validate()
    assert document["servers"] == [{"url": root, "description": "This server."}]
    assert {**document, "servers": contract.data["servers"]} == contract.data
    assert yaml.safe_load(as_yaml.body) == document
    assert as_yaml.body.count(b"#") >= contract.document.text.count("#") - 2, "its comments are there"
    head = ask(plane, f"{prefix}/openapi.json", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(as_json.body)))


@pytest.mark.parametrize(
    "servers",
    [
        "servers: [{url: 'http://a.example'}]\n",
        "servers:\n- url: http://a.example\n\n- url: http://b.example\n  description: |\n    servers:\n",
        "servers:\n  - &one {url: http://a.example}\n",
        "",
    ],
)
def test_whatever_servers_a_contract_states_and_however_there_is_this_one_in_their_place(
    contract: Contract, tmp_path: Path, servers: str
) -> None:
    text = re.sub(r"^servers:\n(?:[ -].*\n)+", lambda _: servers, contract.document.text, flags=re.MULTILINE)
    plane = open_plane(saved(tmp_path, text))
    assert yaml.safe_load(ask(plane, "/openapi.yaml").body) == ask(plane, "/openapi.json").json
    assert [each["url"] for each in ask(plane, "/openapi.json").json["servers"]] == [ROOT]


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/openapi.yaml"])
def test_src_1_a_contract_that_has_such_a_path_is_the_one_that_answers(
    contract: Contract, tmp_path: Path, path: str
) -> None:
    plane = open_plane(saved(tmp_path, contract.document.text.replace("\n  /api/v1/me:\n", f"\n  {path}:\n")))
    reply = ask(plane, path, headers=BROWSER, key=plane.world.key("read"))
    assert (reply.status, reply.json["object"]) == (200, "account")
    assert path == "/openapi.json" or "openapi.json" in plane.world.get("/nothing").json["detail"]


def test_it_is_outside_of_the_product(contract: Contract) -> None:
    plane = open_plane(contract, rate_limits=True)
    for path in ("/", "/docs", "/openapi.json", "/openapi.yaml", "/_sandbox/"):
        reply = ask(plane, path, headers=BROWSER)
        assert reply.status in (200, 302)
        assert [name for name in reply.headers if name.startswith("x-ratelimit")] == []
        for method in ("POST", "DELETE", "PUT"):
            assert ask(plane, path, method=method, headers=BROWSER).status in (404, 415)
    assert [each["method"] for each in plane.get("/sandboxes/default/journal").json["data"]].count("GET") == 0
    assert ask(plane, "/~nobody/openapi.json").status == 404


def test_sbx_7_a_page_shows_keys_that_everybody_knows_to_who_knows_the_servers_name(contract: Contract) -> None:
    plane = open_plane(contract)
    front = Front(plane.world.application, plane.registry, Options(), shown=Shown({"read": "scp_demo_read"}))
    shown = plane._replace(front=front)
    page = ask(shown, "/_sandbox/", headers=BROWSER)
    assert "<code>scp_demo_read</code>" in page.body.decode()
    assert "printed them when it started" in ask(plane, "/_sandbox/", headers=BROWSER).body.decode()
    refused = ask(shown, "/_sandbox/", headers=BROWSER, host="evil.example")
    assert (refused.status, refused.code) == (403, "unknown_host")
    assert ask(shown, "/openapi.json", host="evil.example").status == 404


def test_the_first_page_is_readable_without_its_script_and_leads_to_what_there_is(plane: Plane) -> None:
    page = ask(plane, "/_sandbox/", headers=BROWSER)
    policy, text = page.headers["content-security-policy"], page.body.decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<style|<script>|\son\w+=|javascript:|style=", text) == []
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', text)) - {"data:,"}
    assert len(links) > 10
    for link in links:
        assert link.startswith((ROOT, "/_sandbox/"))
        assert ask(plane, link.removeprefix(ROOT), headers=BROWSER).status == 200, link
    curl = next(line for line in text.splitlines() if "curl" in line)
    path = curl.split(ROOT)[1].removesuffix("</pre>")
    assert ask(plane, path, key=plane.world.key("read")).status == 200


def test_every_module_is_served_small_and_imports_what_there_is(plane: Plane) -> None:
    for path in sorted(STATIC.glob("*.*")):
        found = ask(plane, f"/_sandbox/pages/{path.name}")
        assert found.body == path.read_bytes()
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 250
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text) == []
        for name in re.findall(r'from "\./([^"]+)"', text):
            assert (STATIC / name).is_file(), name
