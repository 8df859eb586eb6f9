"""`[targets.NAME]` in `smartcal.toml`, wherever a ready file is taken."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Command = Callable[..., Ended]
STAGING = """
port = 9000
[targets.staging]
url = "http://127.0.0.1:9/base"
control = "http://127.0.0.1:9/_sandbox"
control_token = "STAGING_TOKEN"
receiver_url = "https://tunnel.example.com/hook"
receiver_port = 9001
allow-writes = false
budget = 600
reserve = 20
overlay = "staging.overlay.yaml"
baseline = "accepted.toml"
strict = ["PAGE"]
cancellable = ["bkg_1"]
headers = { X-Env = "staging", X-Gateway = "$GATEWAY_KEY" }
clients = [{ id = "my_app", secret = "STAGING_CLIENT", redirect_uris = ["http://127.0.0.1/cb"] }, { id = "public" }]

[targets.staging.keys]
read = ["STAGING_READ", "STAGING_READ_2"]
"read,write" = "$STAGING_WRITE"
[targets.staging.other_keys]
read = "STAGING_OTHER"
"""
SECRETS = {
    name: f"a-secret-of-{name.lower()}"
    for name in ("STAGING_TOKEN", "GATEWAY_KEY", "STAGING_CLIENT", "STAGING_READ", "STAGING_READ_2", "STAGING_WRITE")
} | {"STAGING_OTHER": "another-accounts-key"}
OVERLAY = """overlay: 1.0.0
info: {title: Staging, version: "1"}
actions: [{target: "$['x-lifetimes']", update: {access_token: 7200}}]
"""
ACCEPTED = '[[accepted]]\nfingerprint = "2.PAGE1.-.0"\nreason = "known"\nowner = "ann"\nexpires = 2099-01-01\n'


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "smartcal.toml").write_text(STAGING)
    (tmp_path / "staging.overlay.yaml").write_text(OVERLAY)
    (tmp_path / "accepted.toml").write_text(ACCEPTED)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_a_plan_shows_a_target_resolved_and_no_secret(smartcal: Command, staging: Path) -> None:
    ended = smartcal("verify", "--target", "staging", "--only", "PAGE", "--plan")
    assert ended.code == 0, ended.err
    told = ended.out.split("\n\n")[0].splitlines()
    assert told == [
        "target      http://127.0.0.1:9/base",
        "keys        key_read …, key_read_2 …, key_read_write …, other_key_read …",
        "clients     my_app (secret …), public",
        "control     http://127.0.0.1:9/_sandbox (token …)",
        "receiver    https://tunnel.example.com/hook → port 9001",
        "headers     X-Env: …, X-Gateway: …",
        "writes      not allowed",
        "contract    openapi.yaml 1.0.0, with staging.overlay.yaml",
        "baseline    1 accepted",
        "budget      600 s, 20 left to others",
    ]
    assert [value for value in SECRETS.values() if value in ended.out + ended.err] == []


def test_the_command_line_and_the_environment_win_over_a_target(
    smartcal: Command, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTCAL_VERIFY_RESERVE", "7")
    monkeypatch.setenv("SMARTCAL_KEY_READ", SECRETS["STAGING_READ"])
    told = smartcal("verify", "--target", "staging", "--budget", "60", "--allow-writes", "--plan", "--only", "PAGE").out
    assert "budget      60 s, 7 left to others" in told
    assert "writes      allowed" in told
    assert told.count("key_read …") == 2, "the variable is known by both names, and is one key all the same"


def test_what_is_needed_is_asked_for_and_no_more(
    smartcal: Command, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAGING_READ_2")
    refused = smartcal("verify", "--target", "staging", "--plan")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "smartcal.toml: [targets.staging]: keys.read: the variable STAGING_READ_2 is not set." in refused.err
    # Commands of the control plane need its token alone, and the proxy nothing but the root.
    moved = smartcal("clock", "show", "--target", "staging")
    assert (moved.code, "no SmartCal server answers at http://127.0.0.1:9" in moved.err) == (2, True)
    sketched = smartcal("clock", "show", "--target", "staging", "--curl")
    assert "http://127.0.0.1:9/_sandbox" in sketched.out
    for flags in ([], ["--target", "staging", "--upstream", "http://127.0.0.1:1"]):
        assert "give --upstream or --target" in smartcal("proxy", *flags).err
    passed = smartcal("proxy", "--target", "staging", "--port", "0", "--", "true")
    assert "stands before http://127.0.0.1:9/base" in passed.out


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("url =", "ulr ="), "has no setting 'ulr'; did you mean url?"),
        (('url = "http://127.0.0.1:9/base"', ""), "has no url"),
        (('"STAGING_READ_2"', '"scp_live_secret_of_staging"'), "keys.read names the variable that holds the secret"),
        (("receiver_port = 9001", ""), "receiver_url needs receiver_port"),
        (("receiver_port = 9001", "receiver_port = true"), "receiver_port takes a whole number"),
        (('{ id = "public" }', '"public"'), "clients are tables with id"),
        (("targets.staging", "targets.prod"), "has no target 'staging'"),
        (("budget = 600", 'budget = "soon"'), "budget"),
    ],
)
def test_a_target_that_says_something_else_is_refused(
    smartcal: Command, staging: Path, edit: tuple[str, str], said: str
) -> None:
    (staging / "smartcal.toml").write_text(STAGING.replace(*edit))
    refused = smartcal("verify", "--target", "staging", "--plan")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert said in refused.err
    assert "scp_live" not in refused.err


def test_a_ready_file_is_taken_as_before(smartcal: Command, staging: Path) -> None:
    (staging / "ready.json").write_text(
        json.dumps({"root_url": "http://127.0.0.1:9", "keys": {"read": "a-key-of-ann"}})
    )
    for name in ("ready.json", "./ready.json", str(staging / "ready.json")):
        told = smartcal("verify", "--target", name, "--only", "PAGE", "--plan")
        assert "target      http://127.0.0.1:9\nkeys        key_read …\n" in told.out, told.err
    assert "no target 'stagin'" in smartcal("clock", "show", "--target", "stagin").err
