"""An overlay states the forms of a deployment, and takes nothing away from what the product document says."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.cli.main import cli
from smartcal_api.conformance.stated import stated_forms
from smartcal_api.contract import Contract, Document
from smartcal_api.contract.contract import shipped
from smartcal_api.errors import ContractError


def overlaid(tmp_path: Path, *actions: Any, base: Path | None = None) -> Contract:
    path = tmp_path / "staging.overlay.json"
    path.write_text(json.dumps({"overlay": "1.1.0", "info": {}, "actions": actions}, indent=1))
    return Contract.read(base, overlays=[path])


def test_forms_that_only_the_contract_decides_are_stated_and_counted(tmp_path: Path, contract: Contract) -> None:
    assert stated_forms(contract) == ""
    one = {"target": "$['x-lifetimes']", "update": {"access_token": 7200}}
    assert stated_forms(overlaid(tmp_path, one)) == "with 1 stated form (staging.overlay.json)"
    binding = {"target": "$['x-lifetimes']", "update": {"x-basis": "documented"}}
    assert stated_forms(overlaid(tmp_path, one, binding)) == "with 2 stated forms (staging.overlay.json)"


def test_schemas_examples_and_links_follow_an_envelope_that_is_stated_once(tmp_path: Path) -> None:
    named = {"items": "results", "pagination": "meta", "total": "count"}
    found = overlaid(tmp_path, {"target": "$['x-pagination'].fields", "update": named})
    listing = found.operations["listEvents"]
    schemas = [each for each in found.data["components"]["schemas"].values() if "results" in each.get("properties", {})]
    assert len(schemas) == sum(each.listing is not None for each in found.operations.values())
    assert [each["required"] for each in schemas if not {"results", "meta"} <= {*each["required"]}] == []
    assert "$response.body#/results/0/id" in json.dumps(found.data["paths"][listing.path])
    assert found.policy.pagination.items == "results"
    assert listing.listing is not None


@pytest.mark.parametrize(
    ("target", "update"),
    [
        ("$['x-rate-limits'][0]", {"limit": 1000}),
        ("$.paths['/api/v1/me'].get", {"x-basis": "decision"}),
        ("$['x-webhook-signature']", {"prefix": "sha1="}),
    ],
)
def test_what_is_documented_is_not_taken_away(tmp_path: Path, target: str, update: Any) -> None:
    with pytest.raises(ContractError) as refused:
        stated_forms(overlaid(tmp_path, {"target": target, "update": update}))
    assert "is documented, which no overlay takes away; a deviation is for --baseline" in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path / 'staging.overlay.json'}:8: ")


def test_whose_contract_says_of_nothing_what_it_rests_on_states_what_he_likes(tmp_path: Path) -> None:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if key not in ("x-basis", "x-source", "x-sources")}
        return [bare(each) for each in value] if isinstance(value, list) else value

    base = tmp_path / "theirs.json"
    base.write_text(json.dumps(bare(Document.read(shipped()).data)))
    wanted = {"target": "$['x-rate-limits'][0]", "update": {"limit": 1000}}
    assert "1 stated form" in stated_forms(overlaid(tmp_path, wanted, base=base))


def test_a_verdict_names_its_overlay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mock that is judged where no deployment is named has the stated forms."""
    path = tmp_path / "lively.overlay.yaml"
    path.write_text("overlay: 1.0.0\nactions:\n- target: $.info\n  update: {x-any: 1}\n")
    code = cli.main(["verify", "--overlay", str(path), "--only", "PAGE 5"], "smartcal", standalone_mode=False)
    assert code == 0
    assert capsys.readouterr().out.rstrip().endswith(" · with 1 stated form (lively.overlay.yaml)")
