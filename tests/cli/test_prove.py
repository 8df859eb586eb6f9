"""`smartcal prove`, and `smartcal serve --defect`."""

import json
from collections.abc import Callable

from tests.cli.conftest import Ended

Command = Callable[..., Ended]


def test_a_proof_is_told_to_programs_too(smartcal: Command) -> None:
    ended = smartcal("prove", "--json", "--defect", "last-link-too-far", "--seeds", "2", "--right", "1", "--quick")
    assert ended.code == 0, ended.err
    proof = json.loads(ended.out)
    assert (proof["proven"], proof["right"], proof["alarms"], proof["plain"]) == (True, 1, [], None)
    (tried,) = proof["tried"]
    assert tried["defect"] == "last-link-too-far"
    assert (tried["law"], tried["seeds"], tried["missed"], tried["quick"]) == ("PAGE 3", 2, {}, None)


def test_a_server_with_a_defect_is_not_reloaded(smartcal: Command) -> None:
    ended = smartcal("serve", "--port", "0", "--defect", "last-link-too-far", "--reload")
    assert ended.code == 2
    assert ended.err == "smartcal: --defect: is planted at start, and --reload would put a right server in its place.\n"


def test_the_defects_are_listed_each_with_its_law(smartcal: Command) -> None:
    ended = smartcal("serve", "--defect", "list")
    assert ended.code == 0
    assert any(line.split()[0] == "last-link-too-far" and "PAGE 3" in line for line in ended.out.splitlines())
