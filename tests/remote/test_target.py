"""How commands and tests find a server, and what they say where there is none."""

import json
import socket
from pathlib import Path

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.remote import Control, Target, find_target


def test_the_file_given_comes_before_that_of_the_environment_and_that_before_the_default_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARTCAL_TARGET", raising=False)
    assert find_target().root_url == "http://127.0.0.1:8080"
    for name in ("a", "b"):
        (tmp_path / name).write_text(json.dumps({"root_url": f"http://127.0.0.1:1/{name}"}))
    monkeypatch.setenv("SMARTCAL_TARGET", str(tmp_path / "a"))
    assert find_target().root_url.endswith("/a")
    assert find_target(tmp_path / "b").control_url.endswith("/b/_sandbox")


@pytest.mark.parametrize("text", ["", "nothing", "[]", "{}", '{"root_url": 3}'])
def test_a_file_that_is_no_ready_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "ready.json").write_text(text)
    with pytest.raises(UsageError, match=r"ready\.json: is not a ready file"):
        find_target(tmp_path / "ready.json")
    with pytest.raises(UsageError, match="is the server running"):
        find_target(tmp_path / "other.json")


def test_where_nothing_listens_it_says_what_to_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UsageError, match="start `smartcal serve`"):
            Control(Target(root, f"{root}/_sandbox", None, {}, "here")).get("/health")
