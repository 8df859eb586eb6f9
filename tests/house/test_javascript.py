"""The package in js/, as far as it can be held without Node; `make js` runs it."""

import json
import re
from typing import Any

from smartcal_api import __version__
from smartcal_api.contract import Contract
from smartcal_api.webhooks.signing import PREFIX
from tests.house.client_types import FOLDER
from tests.house.test_docs import blocks

STATED: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
LOCK: dict[str, Any] = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))


def targets(exported: Any) -> list[str]:
    if isinstance(exported, str):
        return [exported]
    return [path for inner in exported.values() for path in targets(inner)]


def test_it_is_of_the_release_depends_on_nothing_and_exports_files_that_are_packed() -> None:
    assert STATED["version"] == LOCK["version"] == __version__
    assert "dependencies" not in STATED
    exported = [*targets(STATED["exports"]), STATED["main"], STATED["types"]]
    assert [path for path in exported if not (FOLDER / path).is_file()] == []
    packed = (*STATED["files"], "package.json")
    assert [path for path in exported if not path.removeprefix("./").startswith(packed)] == []
    modules = [path for path in (FOLDER / "src").iterdir() if path.suffix in (".js", ".mjs")]
    assert {path.name: path.read_text().count("\n") for path in modules if path.read_text().count("\n") > 250} == {}
    required = {name for path in modules for name in re.findall(r'(?:require\(|from )"([^".]+)"', path.read_text())}
    assert {name for name in required if not name.startswith("node:")} == {"vitest", "@jest/globals"}


def test_what_it_is_developed_with_is_pinned_in_a_lock_that_names_no_registry() -> None:
    pinned = STATED["devDependencies"]
    assert [name for name, version in pinned.items() if not re.fullmatch(r"[0-9.]+", version)] == []
    assert LOCK["packages"][""]["devDependencies"] == pinned
    assert {name: LOCK["packages"][f"node_modules/{name}"]["version"] for name in pinned} == pinned
    assert [name for name, each in LOCK["packages"].items() if "resolved" in each] == []
    assert [name for name, each in LOCK["packages"].items() if name and "integrity" not in each] == []


def test_its_signatures_are_those_of_the_contract(contract: Contract) -> None:
    source = (FOLDER / "src/signature.js").read_text(encoding="utf-8")
    assert f'SIGNATURE_HEADER = "{contract.policy.webhook_signature.header}"' in source
    assert f'PREFIX = "{PREFIX}"' in source
    told = re.findall(r'SIGNATURE_HEADER: "(.*)"', (FOLDER / "types/index.d.ts").read_text(encoding="utf-8"))
    assert told == [contract.policy.webhook_signature.header]


def test_its_events_are_those_of_the_contract(contract: Contract) -> None:
    told = re.search(r"type WebhookEvent =\n(.*?);", (FOLDER / "types/index.d.ts").read_text(), re.DOTALL)
    bodies = [item["post"]["requestBody"]["content"] for item in contract.data["webhooks"].values()]
    payloads = [content["application/json"]["schema"]["$ref"].rpartition("/")[2] for content in bodies]
    assert told is not None
    assert sorted(re.findall(r'Product\["(\w+)"\]', told[1])) == sorted(payloads)


def test_the_tests_of_its_page_are_those_for_pytest_each_as_short() -> None:
    """Four tests and one of an empty calendar, in Vitest and for Node's own runner: no more lines than in Python."""
    (python, *_) = blocks("pytest.md", "python")
    vitest, node, *_ = blocks("javascript.md", "js")
    stated = [name.replace("_", " ") for name in re.findall(r"def test_(\w+)", python)]
    lines = {
        name: part.strip().count("\n") for name, part in zip(stated, re.split(r"\ndef test_", python)[1:], strict=True)
    }
    for shown in (vitest, node):
        assert re.findall(r'^test.*?\("([^"]+)", async', shown, re.MULTILINE) == stated
        bodies = re.findall(r'^test.*?"([^"]+)", async.*?\{\n(.*?)^\}\);', shown, re.MULTILINE | re.DOTALL)
        assert {name: body.count("\n") for name, body in bodies if body.count("\n") > lines[name]} == {}
