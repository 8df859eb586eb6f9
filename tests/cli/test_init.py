"""`smartcal init`: a contract to begin with, and nothing of anybody's is lost."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from smartcal_api.cli.init import init
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from tests.wire import open_world


def test_what_it_writes_is_served_with_state_by_its_shape_alone(tmp_path: Path) -> None:
    file = tmp_path / "api.yaml"
    said = CliRunner().invoke(init, [str(file)], catch_exceptions=False)
    assert said.exit_code == 0
    assert f"smartcal serve --spec {file} --reload" in said.output
    assert len(file.read_text().splitlines()) < 50
    assert "x-" not in file.read_text()
    world = open_world(Contract.read(file))
    assert {each.kind for each in world.application.assigned.values()} == {"resource"}
    made = world.post("/todos", {"title": "Milk"})
    assert world.get(f"/todos/{made.json['id']}").json == made.json


@pytest.mark.parametrize("there", [b"mine", b""])
def test_what_is_there_is_left_as_it_is(tmp_path: Path, there: bytes) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_bytes(there)
    with pytest.raises(UsageError, match="is there already, and is left as it is"):
        CliRunner().invoke(init, [str(file)], catch_exceptions=False, standalone_mode=False)
    assert file.read_bytes() == there
    with pytest.raises(UsageError, match="can't be written: No such file or directory"):
        CliRunner().invoke(init, [str(tmp_path / "no" / "x.yaml")], catch_exceptions=False, standalone_mode=False)
