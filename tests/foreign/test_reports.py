"""Law AUTH 3, of our own reports: no secret of a deployment whose secrets look like nothing we know stands in one."""

from pathlib import Path

import pytest

from smartcal_api.cli.main import cli
from tests.foreign.deployment import KINDS, Deployment, deployed, leaked

_LAWS = ("OAUTH 8", "OAUTH 9", "HOOK 1")


@pytest.mark.parametrize("kind", KINDS)
def test_auth_3_no_report_and_no_line_tells_a_secret(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with deployed(kind) as deployment:
        only = [flag for law in _LAWS for flag in ("--only", law)]
        flags = [*deployment.flags, *only, "--profile", "quick", "--strict", "--report-dir", str(tmp_path)]
        cli.main(["verify", *flags], prog_name="smartcal", standalone_mode=False)
        said = "".join(capsys.readouterr())
        assert len(deployment.secrets) > 12, "none of its own would be no test"
        assert leaked(deployment, tmp_path, said) == []
        assert _stories(tmp_path, deployment) > 5, "their places stay"


def _stories(folder: Path, deployment: Deployment) -> int:
    return (folder / "evidence.har").read_text(encoding="utf-8").count("client_secret=$SMARTCAL_CLIENT_SECRET")
