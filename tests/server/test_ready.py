"""The ready file: how programs find a server that answers; never that of a server which runs, nor anything else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.server import run as server
from smartcal_api.server.ready import ReadyFile
from smartcal_api.settings import GivenClient, GivenKey, GivenWebhook, Settings
from smartcal_api.store import open_store


@pytest.fixture(scope="module")
def dead() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def document(pid: int) -> dict[str, Any]:
    return {"root_url": "http://127.0.0.1:1", "pid": pid, "keys": {}}


def written(path: Path, pid: int) -> Path:
    path.write_text(json.dumps(document(pid)))
    return path


def test_that_of_a_server_that_is_gone_is_replaced_and_removed_at_the_end(tmp_path: Path, dead: int) -> None:
    ready = ReadyFile(written(tmp_path / "ready.json", dead))
    ready.check()
    ready.forget()
    assert os.listdir(tmp_path) == [], "it would lead programs astray"
    ready.write(document(os.getpid()))
    assert json.loads((tmp_path / "ready.json").read_text())["pid"] == os.getpid()
    assert oct((tmp_path / "ready.json").stat().st_mode)[-3:] == "600"
    ready.remove()
    assert os.listdir(tmp_path) == []


def test_that_of_a_server_that_runs_is_refused_even_if_it_came_meanwhile_and_even_with_replace(tmp_path: Path) -> None:
    path = written(tmp_path / "ready.json", os.getppid())
    before = path.read_bytes()
    ready = ReadyFile(path, replace=True)
    for act in (ready.check, ready.forget, lambda: ready.write(document(os.getpid()))):
        with pytest.raises(UsageError, match=f"process {os.getppid()}"):
            act()
    ready.remove()
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["notes", "{}", '{"root_url": "x"}', '{"pid": 1, "keys": {}}', "[" * 200_000, "5"])
def test_what_is_not_a_ready_file_is_neither_replaced_nor_removed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(text)
    ready = ReadyFile(path)
    for act in (ready.check, ready.forget, lambda: ready.write(document(os.getpid()))):
        with pytest.raises(UsageError, match="is not a ready file"):
            act()
    ready.remove()
    assert path.read_text() == text


def test_an_empty_file_is_taken_and_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.touch()
    ready = ReadyFile(path)
    ready.forget()
    assert path.exists()
    ready.write(document(os.getpid()))
    assert path.stat().st_size
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    told = ReadyFile(pipe)
    told.check()
    told.forget()
    told.write(document(os.getpid()))  # whoever reads comes later
    assert json.loads(pipe.read_text())["pid"] == os.getpid()
    told.remove()
    assert pipe.is_fifo()


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def served(*_: object, **__: object) -> None:
        raise AssertionError("nothing refused it, and it began to serve")

    monkeypatch.setattr(server._Server, "serve", served)


WRONG = {
    "spec": {"spec": Path("no/such.yaml")},
    "key": {"keys": (GivenKey(("fly",), "my_plain_key"),)},
    "client": {"oauth_clients": (GivenClient("app", None, ("http://127.0.0.1/#fragment",)),)},
    "webhook": {"webhooks": (GivenWebhook("http://127.0.0.1:9/", ()), GivenWebhook("nowhere", ()))},
    "receiver": {"receivers": ("10.0.0.0/99",)},
    "receiver_ca": {"receiver_ca": Path("no/such.pem")},
    "sizes": {"events": 1, "bookings": 2},
    "data": {"data": Path("no/such.yaml")},
}


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_is_touched_before_all_settings_have_been_found_right(tmp_path: Path, dead: int, wrong: str) -> None:
    """Neither the ready file of an earlier server, nor a store, be it new or not."""
    path = written(tmp_path / "ready.json", dead)
    before = path.read_bytes()
    with pytest.raises(UsageError):
        server.run(Settings(port=0, store=tmp_path / "new.db", ready_file=path, **WRONG[wrong]))
    assert path.read_bytes() == before
    left = sorted(each.name for each in tmp_path.iterdir() if each.stat().st_size)
    assert left in (["ready.json"], ["new.db", "ready.json"] if wrong == "data" else ["ready.json"])


@pytest.mark.usefixtures("refusing")
def test_a_webhook_that_is_wrong_leaves_a_store_without_the_right_one_before_it(tmp_path: Path, contract: Any) -> None:
    path = tmp_path / "calendar.db"
    open_store(contract, path).close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="nowhere"):
        server.run(Settings(port=0, store=path, **WRONG["webhook"]))
    assert path.read_bytes() == before
