"""The wheel is whole: what the checkout serves, it serves, anywhere."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.e2e.server import environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_contains_the_contract_the_fixtures_and_the_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("smartcal_api/openapi.yaml") == (ROOT / "openapi.yaml").read_bytes()
        assert archive.read("smartcal_api/laws.md") == (ROOT / "docs/laws.md").read_bytes()
        for name in ("default.jsonl", "cast.json"):
            assert archive.read(f"smartcal_api/fixtures/{name}") == (ROOT / "fixtures" / name).read_bytes()
        assert "smartcal_api/py.typed" in archive.namelist()
        assert not [name for name in archive.namelist() if name.startswith("tests") or name.endswith(".db")]


def test_the_wheel_works_outside_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import smartcal_api, sys\n"
        "from smartcal_api.contract import shipped\n"
        "from tests_outside import open_world\n"
        "print(shipped())\n"
        "print(open_world().get('/api/v1/me').status)\n"
    )
    (tmp_path / "tests_outside.py").write_text((ROOT / "tests/wire.py").read_text())
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env=environment(PYTHONPATH=f"{tmp_path / 'installed'}:{tmp_path}"),
        capture_output=True,
        text=True,
        check=True,
    )
    where, status = ran.stdout.split()
    assert Path(where) == tmp_path / "installed/smartcal_api/openapi.yaml"
    assert status == "401"


def test_the_default_data_set_is_what_its_seed_generates(tmp_path: Path) -> None:
    """`make fixtures` would change nothing: the fixture was not edited by hand, nor the generator without it."""
    copy = tmp_path / "fixtures" / "generate.py"
    copy.parent.mkdir()
    copy.write_text((ROOT / "fixtures/generate.py").read_text())
    subprocess.run([sys.executable, str(copy)], cwd=tmp_path, check=True, capture_output=True, env=environment())
    for name in ("default.jsonl", "cast.json"):
        assert (copy.parent / name).read_bytes() == (ROOT / "fixtures" / name).read_bytes()
