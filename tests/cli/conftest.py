from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from smartcal_api.cli import main
from smartcal_api.server import run as server
from tests.leaks import Leaks


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def smartcal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], leaks: Leaks
) -> Command:
    """The command in this process, in an empty folder; where it would begin to serve, the test fails."""

    async def served(*_: object, **__: object) -> None:
        raise AssertionError("nothing refused it, and it began to serve")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(server._Server, "serve", served)

    def smartcal(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capsys.readouterr()
        leaks.say("standard error", err.encode())
        return Ended(ended.value.code, out, err)

    return smartcal
