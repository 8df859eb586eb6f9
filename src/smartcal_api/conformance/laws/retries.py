"""DELV, by the sandbox's clock: the contract's schedule of retries, and what stands in the log of them."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from smartcal_api.conformance.app import of
from smartcal_api.conformance.basis import SAFETY, Ground
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import OK, Arrival, Reply, answers
from smartcal_api.conformance.subscriber import CREATE, Subscriber, Subscription, about
from smartcal_api.contract.policy import RetrySchedule

_SCHEDULE = "/x-retry-schedule"
_NEEDS = (Capability.WRITES, Capability.RECEIVER, Capability.CONTROL)


@law(
    "DELV 4",
    "What fails is tried again when the contract says, the same bytes each time; too often, and the subscription ends.",
    over=of(CREATE),
    needs=_NEEDS,
    requests=10,
    worth=4,
    quick=False,
)
def what_fails_is_tried_again_as_the_contract_says(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    schedule = probe.contract.policy.retry_schedule
    with probe.control.frozen():
        failing = subscriber.subscribe(subscriber.kind, answering=answers(500))
        ids = [subscriber.happen() for _ in range(schedule.disable_after_exhausted - 1)]
        _goes_through(probe, failing, schedule, ids)
        active = (subscriber.listed(failing.id) or {}).get("active")
        probe.expect(
            active is True,
            f"{len(ids)} deliveries in a row failed, and the subscription is disabled; {len(ids) + 1} disable it.",
            by=_SCHEDULE,
            kind="too early",
        )
        last = subscriber.happen()
        _goes_through(probe, failing, schedule, [*ids, last], before=len(ids))
        listed = subscriber.listed(failing.id) or {}
        probe.expect(
            listed.get("active") is False and bool(listed.get("disabled_reason")),
            f"{len(ids) + 1} deliveries in a row failed, and the subscription isn't disabled with a reason.",
            by=_SCHEDULE,
            kind="not disabled",
        )


@law(
    "DELV 9",
    "A receiver that asks for time gets it; one that deletes its subscription is left alone.",
    over=of(CREATE),
    needs=_NEEDS,
    requests=12,
    worth=5,
    quick=False,
)
def who_asks_for_time_gets_it(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    schedule = probe.contract.policy.retry_schedule
    first, second = schedule.delays_seconds[1:3]
    later = probe.contract.policy.rate_limit_headers.retry_after
    asked = first + (second - first) // 2
    with probe.control.frozen():
        busy = subscriber.subscribe(subscriber.kind, answering=answers(503, (later, str(asked))))
        plain = subscriber.subscribe(subscriber.kind, answering=answers(400))
        leaving = subscriber.subscribe(subscriber.kind, answering=answers(500))
        happy = [subscriber.subscribe(subscriber.kind, answering=answers(status)) for status in (200, 202, 204, 299)]
        ids = [subscriber.happen()]
        for each in (busy, plain, leaving, *happy):
            if not each.box.wait(1, about(ids)):
                probe.give_up("nothing was delivered")
        probe.control.advance(first + 1)
        _came(probe, busy, ids, 1, f"a receiver that asked for {asked} s was tried again after {first + 1}")
        _came(probe, plain, ids, 2, f"what was answered 400 was to be tried again within {first} s")
        for each in happy:
            _came(probe, each, ids, 1, "what was answered 2xx was sent again")
        _came(probe, leaving, ids, 2, f"what was answered 500 was to be tried again within {first} s")
        subscriber.unsubscribe(leaving)
        probe.control.advance(asked - first - 3)
        _came(probe, busy, ids, 1, f"a receiver that asked for {asked} s was tried again before")
        probe.control.advance(4)
        _came(probe, busy, ids, 2, f"a receiver that asked for {asked} s was to be tried again then")
        probe.control.advance(second)
        _came(probe, leaving, ids, 2, "a subscription was sent something after it was deleted", SAFETY)


@law(
    "DELV 7",
    "Every attempt is in the log, with what came of it; a redelivery is the same bytes again.",
    over=of(CREATE),
    needs=_NEEDS,
    requests=6,
    worth=6,
    quick=False,
)
def every_attempt_is_in_the_log(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    replies = iter([Reply(500), OK])
    with probe.control.frozen():
        one = subscriber.subscribe(subscriber.kind, answering=lambda _: next(replies, OK))
        ids = [subscriber.happen()]
        if not one.box.wait(1, about(ids)):
            probe.give_up("nothing was delivered")
        probe.control.advance(probe.contract.policy.retry_schedule.delays_seconds[1] + 1)
        delivery = _delivery(probe, one)
        log = delivery["attempt_log"]
        seen = [(each["number"], each["cause"], each["status"]) for each in log]
        due = [(1, "event", 500), (2, "retry", OK.status)]
        said = f"the log has the attempts {seen}; {due} were made."
        probe.expect(seen == due, said, by=_SCHEDULE, kind="log", seen="")
        planned = log[0]["next_at"] is not None and log[1]["next_at"] is None
        said = "the log doesn't say when the next attempt was due, or has one too many."
        probe.expect(planned, said, by=_SCHEDULE, kind="next", seen="")
        probe.control.post(f"/deliveries/{delivery['id']}/redeliver")
        probe.control.advance(1)
        came = one.came(ids)
        said = f"{len(came)} came with a redelivery; it is the third."
        probe.expect(len(came) == 3, said, by=_SCHEDULE, kind="redelivered", seen="")
        _same_bytes(probe, came)


def _goes_through(
    probe: Probe, failing: Subscription, schedule: RetrySchedule, ids: list[str], *, before: int = 0
) -> None:
    """The whole schedule for the deliveries since `before`, all recorded at this instant: an attempt in each window,
    none outside. The clock goes on from here."""
    attempts = len(schedule.delays_seconds)
    count = len(ids) - before
    earliest = latest = 0.0
    now = 0
    for number, delay in enumerate(schedule.delays_seconds):
        earliest += delay * (1 - schedule.jitter_percent / 100) if number else delay
        latest += delay
        early, late = math.floor(earliest) - 1, math.ceil(latest) + 1
        if early > now:
            probe.control.advance(early - now)
            now = early
            _tried(probe, failing, ids, count, attempts, before, number, f"{early} s after it happened")
        if number == 0:
            failing.box.wait(count, about(ids))
        probe.control.advance(late - now)
        now = late
        _tried(probe, failing, ids, count, attempts, before, number + 1, f"{late} s after it happened")
    probe.control.advance(2 * max(schedule.delays_seconds))
    _tried(probe, failing, ids, count, attempts, before, attempts, "when the schedule was over")
    _same_bytes(probe, failing.came(ids))


def _tried(
    probe: Probe,
    failing: Subscription,
    ids: list[str],
    count: int,
    attempts: int,
    before: int,
    due: int,
    when: str,
) -> None:
    """Each of the deliveries so often, and those before them as often as there are attempts."""
    every = failing.box.those()
    if len(every) > len(failing.came(ids)):
        probe.give_up("somebody else's events came to the subscription")
    tried = Counter(each.json["id"] for each in every)
    seen = sorted(tried.values())
    wanted = sorted([attempts] * before + [due] * count if due else [attempts] * before)
    probe.expect(
        seen == wanted,
        f"{when} the deliveries had been tried {seen} times; {wanted} were due.",
        by=_SCHEDULE,
        kind=f"attempt {due}",
        seen="",
    )


def _same_bytes(probe: Probe, arrivals: Iterable[Arrival]) -> None:
    """What has one id is one body, under one signature unless that is of each attempt."""
    stated = probe.contract.policy.webhook_signature
    seen: dict[str, set[tuple[bytes, tuple[str, ...]]]] = {}
    for each in arrivals:
        signatures = () if stated.timed else tuple(each.every(stated.header))
        seen.setdefault(each.json["id"], set()).add((each.body, signatures))
    differing = [name for name, forms in seen.items() if len(forms) > 1]
    said = f"{', '.join(differing)} was not the same bytes each time."
    probe.expect(not differing, said, by=_SCHEDULE, kind="bytes", seen="")


def _came(
    probe: Probe, subscription: Subscription, ids: list[str], due: int, what: str, by: Ground | str = _SCHEDULE
) -> None:
    came = subscription.came(ids)
    said = f"{what}: {len(came)} came, {due} was due."
    probe.expect(len(came) == due, said, by=by, kind=what.partition(":")[0][:24], seen="")
    _same_bytes(probe, came)


def _delivery(probe: Probe, subscription: Subscription) -> dict[str, Any]:
    """The one delivery of a subscription, as the log has it."""
    found = [each for each in probe.control.get("/deliveries")["data"] if each["webhook"] == subscription.id]
    if not found:
        raise NotVerified(Capability.CONTROL)
    return dict(probe.control.get(f"/deliveries/{found[0]['id']}"))


LAWS: tuple[Law, ...] = (
    what_fails_is_tried_again_as_the_contract_says,
    who_asks_for_time_gets_it,
    every_attempt_is_in_the_log,
)
