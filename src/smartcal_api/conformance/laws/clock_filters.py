"""FILT 4: a filter by the clock, to the second."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, filtered, law
from smartcal_api.conformance.laws.filters import filters_of
from smartcal_api.conformance.oracle import NOW, instant, select
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Contract, Operation, Parameter


def _by_the_clock(contract: Contract) -> Iterable[Operation]:
    return (each for each in filtered(contract) if any(_asks_the_clock(p) for p in each.parameters))


def _asks_the_clock(parameter: Parameter) -> bool:
    return parameter.filter is not None and any(each.value == NOW for each in parameter.filter.clauses)


@law(
    "FILT 4",
    "A filter by the clock selects to the second.",
    over=_by_the_clock,
    needs=(Capability.CONTROL,),
    requests=8,
    worth=9,
)
def a_filter_by_the_clock_selects_to_the_second(probe: Probe) -> None:
    """The clock is moved to the next instant at which an item leaves, or comes in: a second before, and there."""
    for parameter in filters_of(probe):
        clauses = [each for each in parameter.filter.clauses if each.value == NOW] if parameter.filter else []
        for clause in clauses:
            with probe.control.frozen():
                now = instant(probe.control.now())
                moments = sorted(instant(item[clause.field]) for item in probe.whole(probe.operation))
                ahead = [moment for moment in moments if moment - timedelta(seconds=1) > now]
                chosen = [moment for moment in ahead if _turns(probe, parameter, moment)]
                if not chosen:
                    probe.give_up(f"no item has a {clause.field} ahead at which {parameter.name} would change")
                for moment in (chosen[0] - timedelta(seconds=1), chosen[0]):
                    probe.control.advance((moment - instant(probe.control.now())).total_seconds())
                    _exactly(probe, parameter, moment)


def _turns(probe: Probe, parameter: Parameter, moment: datetime) -> bool:
    """Whether what the filter selects is another thing at that instant than a second before."""
    values = {parameter.name: True}
    whole = probe.whole(probe.operation)
    before, after = (
        select(whole, probe.operation, values, (each, each)) for each in (moment - timedelta(seconds=1), moment)
    )
    return before != after


def _exactly(probe: Probe, parameter: Parameter, now: datetime) -> None:
    due = select(probe.whole(probe.operation), probe.operation, {parameter.name: True}, (now, now)).must
    read = {str(each["id"]) for each in probe.read(probe.operation, {parameter.name: "true"})}
    odd = sorted(due ^ read)
    probe.expect(
        not odd,
        f"at {now.isoformat()} {parameter.name}=true {'lacks' if odd and odd[0] in due else 'has'} {odd[:1]}.",
        by=f"{probe.place(parameter)}/x-filter",
        kind="clock",
        parameter=parameter.name,
    )


LAWS: tuple[Law, ...] = (a_filter_by_the_clock_selects_to_the_second,)
