"""What is known of a target, from wherever it is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Kind
from smartcal_api.conformance.given import given_target
from smartcal_api.conformance.target import Target
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError


def told(contract: Contract, environment: dict[str, str] | None = None, **given: Any) -> Target:
    with given_target(contract, given, environment=environment or {}) as target:
        return target


@pytest.mark.parametrize("url", ["http://h:1", "http://h:1/", "http://h:1/api/v1", "http://h:1/api/v1/"])
def test_a_url_may_be_the_root_or_the_base(contract: Contract, url: str) -> None:
    assert told(contract, url=url).root == "http://h:1"


def test_keys_come_from_flags_files_and_the_environment(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-file\n")
    environment = {"SMARTCAL_KEY_READ_WRITE": "a", "SMARTCAL_OTHER_KEY_READ_2": "b", "SMARTCAL_KEY": "no", "X": "no"}
    target = told(
        contract, environment, url="http://h", key=("read=x", f"webhooks=@{tmp_path / 'key'}"), token=("read+write=t",)
    )
    assert [(each.label, each.value, sorted(each.scopes), each.kind, each.account) for each in target.credentials] == [
        ("key_read", "x", ["read"], Kind.KEY, 0),
        ("key_webhooks_2", "from-file", ["webhooks"], Kind.KEY, 0),
        ("token_read_write", "t", ["read", "write"], Kind.TOKEN, 0),
        ("key_read_write", "a", ["read", "write"], Kind.KEY, 0),
        ("other_key_read_2", "b", ["read"], Kind.KEY, 1),
    ]


def test_a_label_is_the_variable_that_a_story_names(contract: Contract) -> None:
    """So that what is printed can be run as it is, and found again by the next run."""
    target = told(contract, {"SMARTCAL_OTHER_KEY_READ_2": "b"}, url="http://h")
    assert [each.variable for each in target.credentials] == ["$SMARTCAL_OTHER_KEY_READ_2"]


def test_a_ready_file_tells_everything_and_flags_add_to_it(contract: Contract, tmp_path: Path) -> None:
    ready = {
        "root_url": "http://127.0.0.1:1",
        "control_url": "http://127.0.0.1:2/_sandbox",
        "keys": {"read": ["a", "b"]},
        "other": {"keys": {"read": "c"}},
        "oauth": {"clients": [{"client_id": "app", "client_secret": "s", "redirect_uris": ["http://127.0.0.1/"]}]},
        "cancellable": ["bkg_1"],
    }
    path = tmp_path / "ready.json"
    path.write_text(json.dumps(ready))
    target = told(contract, target=path, key=("admin=d",), client=("public",), header=("X-A: 1",))
    assert [each.value for each in target.credentials] == ["a", "b", "c", "d"]
    assert [each.client_id for each in target.clients] == ["app", "public"]
    assert (target.control_url, target.cancellable) == ("http://127.0.0.1:2/_sandbox", ("bkg_1",))
    assert target.headers == {"X-A": "1"}
    assert target.lacks((Capability.OTHER_ACCOUNT, Capability.CONTROL, Capability.CLIENT, Capability.WRITES)) is None
    assert target.lacks((Capability.TOKEN,)) is Capability.TOKEN


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "http://h", "target": Path("x")}, "give --url or --target, not both"),
        ({"url": "ftp://h"}, "is no root URL"),
        ({"url": "http://h", "key": ("read",)}, "--key: write it as SCOPES=VALUE"),
        ({"url": "http://h", "other_key": ("=x",)}, "--other-key: write it as SCOPES=VALUE"),
        ({"url": "http://h", "key": ("read=@/nothing/there",)}, "--key: /nothing/there: can't be read: No such file"),
        ({"url": "http://h", "header": ("x",)}, "--header: write it as"),
        ({"url": "http://h", "client": (":x",)}, "--client: write it as"),
        ({"target": Path("/nothing/there")}, "--target: /nothing/there: can't be read: No such file"),
    ],
)
def test_what_can_t_be_understood_is_one_line_that_says_what_to_do(
    contract: Contract, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said.replace("(", r"\(")) as error:
        told(contract, **given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_target_file_that_is_none_is_refused(contract: Contract, tmp_path: Path, text: str) -> None:
    path = tmp_path / "ready.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="it is what `smartcal serve --ready-file` writes"):
        told(contract, target=path)
