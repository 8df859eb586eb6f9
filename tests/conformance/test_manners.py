"""What a verification never does to somebody else's deployment."""

from dataclasses import replace

from smartcal_api.clock import NANOSECONDS
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, differing, keyed, pass_by
from tests.wire import World, open_world

BEYOND = "https://smartcal.example"


class Watched(InProcess):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.seen: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.seen.append(request)
        return super().send(request)


def verified(world: World, transport: Watched, target: Target, *, only: tuple[str, ...] = ()) -> list[Outcome]:
    clock = world.sandbox.clock
    pacing = Pacing(
        world.contract.policy,
        None,
        clock=lambda: clock.now() / NANOSECONDS,
        sleep=lambda seconds: pass_by(world, seconds),
    )
    session = Session(world.contract, target, pacing, None, connect=lambda _: transport)
    chosen = [each for each in cases(ALL, world.contract, full=True, only=only) if each.law.id != "SCHEMA 3"]
    return Runner(session, seed=0, full=True).run(chosen)


def test_a_target_that_isn_t_loopback_is_only_read(contract: Contract) -> None:
    world = open_world(contract, now="2026-11-25T12:00:00Z", rate_limits=True)
    transport = Watched(world)
    found = verified(world, transport, replace(keyed(world), root=BEYOND, allow_writes=None))
    assert {each.method for each in transport.seen} <= {"GET", "HEAD", "OPTIONS"}
    assert differing(found) == []
    unverified = {each.case.name for each in found if each.verdict is Verdict.NOT_VERIFIED}
    assert {"BOOK 1 cancelBooking", "SCOPE 1 createWebhook"} <= unverified


def test_with_leave_to_write_only_named_bookings_are_cancelled(contract: Contract) -> None:
    world = open_world(contract, now="2026-11-25T12:00:00Z")
    listed = world.get("/api/v1/bookings?upcoming=true", key=world.key("read")).json["data"]
    named = tuple(each["id"] for each in listed[:2])
    transport = Watched(world)
    target = replace(keyed(world), root=BEYOND, allow_writes=True, cancellable=named)
    found = verified(world, transport, target, only=("BOOK",))
    cancelled = {each["id"] for each in listed} - {
        each["id"] for each in world.get("/api/v1/bookings?upcoming=true", key=world.key("read")).json["data"]
    }
    assert cancelled <= set(named)
    assert differing(found) == []


def test_what_it_makes_it_deletes_and_nothing_else(contract: Contract) -> None:
    world = open_world(contract, now="2026-11-25T12:00:00Z")
    kept = world.post(
        "/api/v1/webhooks", {"url": "https://kept.example", "events": ["event.created"]}, key=world.key("webhooks")
    )
    transport = Watched(world)
    verified(world, transport, keyed(world))
    left = [each["id"] for each in world.get("/api/v1/webhooks", key=world.key("webhooks")).json["data"]]
    assert left == [kept.json["id"]]
