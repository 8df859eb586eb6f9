"""What balancers, kubelets and a Prometheus ask of a server, and how it is drained."""

import json
import logging
import sys

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.server.log import Lines
from tests.control.plane import Plane, open_plane

LIVE, READY, METRICS = "/_sandbox/live", "/_sandbox/ready", "/_sandbox/metrics"

ADDRESS = "10.1.2.3:8080"


def metrics(text: bytes) -> dict[tuple[str, frozenset[str]], float]:
    """Each sample by its name and the values of its labels."""
    samples = [sample for family in text_string_to_metric_families(text.decode()) for sample in family.samples]
    return {(each.name, frozenset(each.labels.values())): each.value for each in samples}


def test_sbx_7_probes_ask_without_a_token_by_any_host_and_learn_nothing_else(contract: Contract) -> None:
    guarded = open_plane(contract, options=Options(control_token="control-token"))
    for path in (LIVE, READY):
        probed = guarded.get(path, host=ADDRESS)
        assert (probed.status, probed.json) == (200, {"status": "ok"})
    for path in ("/_sandbox/health", METRICS, "/_sandbox/sandboxes"):
        assert guarded.get(path).status == 401, path
    assert guarded.post("/_sandbox/drain").status == 401


def test_sbx_7_the_token_for_metrics_opens_them_and_nothing_else(contract: Contract) -> None:
    guarded = open_plane(contract, options=Options(control_token="control-token", metrics_token="metrics-token"))
    assert guarded.get(METRICS, key="metrics-token", host=ADDRESS).status == 200
    assert guarded.get(METRICS, key="control-token", host=ADDRESS).status == 403
    assert guarded.get(METRICS, key="control-token").status == 200
    assert guarded.get(METRICS, key="another-token").status == 401
    assert guarded.get("/_sandbox/health", key="metrics-token").status == 401
    assert guarded.post("/_sandbox/sandboxes", {}, key="metrics-token").status == 401


def test_requests_are_counted_by_operation_and_status_and_sandboxes_as_they_are(plane: Plane) -> None:
    key = plane.world.key("read")
    for path in ("/api/v1/events", "/api/v1/events", "/api/v1/events?page=no", "/api/v1/nothing"):
        plane.get(path, key=key)
    plane.create(name="another")
    scraped = plane.get(METRICS)
    assert scraped.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    found = metrics(scraped.body)
    assert found["smartcal_requests_total", frozenset({"listEvents", "200"})] == 2
    assert found["smartcal_requests_total", frozenset({"listEvents", "400"})] == 1
    assert found["smartcal_requests_total", frozenset({"", "404"})] == 1
    assert found["smartcal_request_duration_seconds_count", frozenset({"listEvents"})] == 3
    assert found["smartcal_request_duration_seconds_bucket", frozenset({"listEvents", "+Inf"})] == 3
    assert found["smartcal_sandboxes", frozenset()] == 2
    assert found["smartcal_draining", frozenset()] == 0
    assert any(name[0] == "process_resident_memory_bytes" for name in found)


def test_a_server_that_is_drained_goes_on_with_what_it_has_and_takes_no_more(plane: Plane) -> None:
    made = plane.create(name="before")
    assert plane.post("/drain").json == {"draining": True, "sandboxes": 2}
    assert (plane.get(READY).status, plane.get(LIVE).status) == (503, 200)
    for path, body in (("/sandboxes", {}), ("/sandboxes/before/fork", {})):
        refused = plane.post(path, body)
        assert (refused.status, refused.code) == (503, "unavailable")
        assert "draining" in refused.json["detail"]
    assert plane.get("/~before/api/v1/events", key=made["keys"]["read"]).status == 200
    assert plane.post("/sandboxes/before/snapshots", {"name": "kept"}).status == 201
    assert plane.request("DELETE", "/drain").json["draining"] is False
    assert plane.get(READY).status == 200
    plane.create(name="after")


def test_a_log_for_machines_has_a_line_of_json_for_each_entry() -> None:
    record = logging.LogRecord("smartcal", logging.WARNING, "x.py", 1, "it's %s\n", ("ü",), None)
    record.created = 1_000_000_000.5
    assert json.loads(Lines().format(record)) == {
        "time": "2001-09-09T01:46:40.500Z",
        "level": "warning",
        "logger": "smartcal",
        "message": "it's ü\n",
    }


def test_without_the_extra_the_metrics_say_what_to_install(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcal_api.control.metrics", None)
    refused = plane.get(METRICS)
    assert (refused.status, refused.code) == (501, "not_implemented")
    assert "pip install 'smartcal-api[metrics]'" in refused.json["detail"]
