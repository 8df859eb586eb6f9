"""Laws SBX 2 and 3: any program has the same answers twice, and after a restore none of what has been undone shows."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from smartcal_api.contract import Contract
from smartcal_api.store import open_store
from tests.control.plane import Plane, open_plane
from tests.properties.programs import ANYTHING, REQUESTS, WITHOUT_SIGNING_IN, Actor, Step, programs
from tests.wire import NOW

NAMES = count()


@pytest.fixture(scope="module")
def memory(contract: Contract) -> Plane:
    return open_plane(contract, rate_limits=True)


@pytest.fixture(scope="module")
def file(contract: Contract) -> Iterator[Plane]:
    """Its default sandbox is in a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(contract, Path(folder) / "calendar.db")
        yield open_plane(contract, store=store, rate_limits=True)
        store.close()


def fresh(plane: Plane) -> Actor:
    """In a sandbox that nobody has used."""
    made = plane.create(name=f"s{next(NAMES)}", now=NOW, frozen=True)
    return Actor.at_the_start(plane, made["name"], keys_of(made), root=f"/~{made['name']}")


def keys_of(made: dict[str, Any]) -> dict[int, str]:
    return {1: made["keys"]["admin"], 2: made["other"]["keys"]["admin"]}


def gone(actor: Actor) -> None:
    actor.plane.request("DELETE", f"/sandboxes/{actor.name}")


def as_it_began(plane: Plane) -> Actor:
    """In the default sandbox, whatever was done to it before."""
    world = plane.world
    plane.post("/sandboxes/default/reset")
    for each in plane.sandbox("default").snapshots:
        plane.sandbox("default").snapshots.delete(each.name)
    keys = {owner: world.key("admin", owner=owner) for owner in (1, 2)}
    return Actor.at_the_start(plane, "default", keys, root="")


@settings(max_examples=25)
@given(program=programs(ANYTHING, most=25))
def test_sbx_2_any_program_has_the_same_answers_twice_in_memory_and_in_a_file(
    memory: Plane, file: Plane, program: list[Step]
) -> None:
    first, second, third = fresh(memory), fresh(memory), as_it_began(file)
    answers = first.run(program)
    assert second.run(program) == answers
    assert third.run(program) == answers
    gone(first)
    gone(second)


@settings(max_examples=25)
@given(before=programs(REQUESTS, most=12), undone=programs(ANYTHING, most=12), after=programs(REQUESTS, most=12))
def test_sbx_3_after_a_restore_every_answer_is_as_if_nothing_had_happened_since(
    memory: Plane, file: Plane, before: list[Step], undone: list[Step], after: list[Step]
) -> None:
    straight = fresh(memory)
    straight.run(before)
    expected = straight.run(after)
    gone(straight)
    for actor in (fresh(memory), as_it_began(file)):
        actor.run(before)
        actor.save("here")
        remembered = actor.memory()
        actor.run(undone)
        assert actor.restore("here").status == 200
        actor.recall(remembered)
        assert actor.run(after) == expected
    actor.plane.sandbox("default").snapshots.delete("here")


@settings(max_examples=25)
@given(
    before=programs(REQUESTS, most=10),
    elsewhere=programs(ANYTHING, most=10),
    after=programs(WITHOUT_SIGNING_IN, most=12),
)
def test_sbx_3_a_fork_goes_on_as_what_it_came_from_would_have(
    memory: Plane, before: list[Step], elsewhere: list[Step], after: list[Step]
) -> None:
    origin = fresh(memory)
    origin.run(before)
    origin.save("here")
    remembered = origin.memory()
    forks = [fork(origin, "here")]
    origin.run(elsewhere)
    forks.append(fork(origin, "here"))
    origin.restore("here")
    origin.recall(remembered)
    # Budgets are of a credential, and those of a fork are new.
    origin.keys = {owner: memory.sandbox(origin.name).keys.mint(["admin"], owner=owner) for owner in (1, 2)}
    expected = origin.run(after)
    for each in forks:
        each.recall(remembered)
        assert each.run(after) == expected
    for each in (origin, *forks):
        gone(each)


def fork(actor: Actor, snapshot: str) -> Actor:
    name = f"s{next(NAMES)}"
    made = actor.plane.post(f"/sandboxes/{actor.name}/fork", {"name": name, "snapshot": snapshot})
    assert made.status == 201, made.body
    return Actor(actor.plane, name, keys_of(made.json), root=f"/~{name}")
