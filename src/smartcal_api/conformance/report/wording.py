"""How reports say why something counts, where it stands in the contract, and how often it was seen."""

from collections.abc import Sequence

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.verdict import Result

_NAMED = 6


def contract_name(result: Result) -> str:
    return result.contract.document.path.name


def sentence(deviation: Deviation, result: Result) -> str:
    """Why it counts, or that it doesn't."""
    said = deviation.ground.sentence(contract_name(result))
    if deviation.accepted:
        return f"{said}: accepted, {deviation.accepted}"
    if deviation.ground.basis is Basis.DECIDED:
        return f"{said}: {'counts, as --strict has it' if deviation.decides else 'does not count'}"
    return said


def where(deviation: Deviation, result: Result) -> str:
    """File, line and pointer of the clause."""
    clause = deviation.ground.clause
    file, line = result.contract.document.place(clause)
    return f"{file.name}:{line} {clause or '/'}"


def headline(group: Sequence[Deviation]) -> str:
    """What is the matter, and how many cases it was seen in."""
    first = group[0]
    names = _names(group)
    if len(names) == 1:
        return first.cause or first.message
    return f"{first.cause or first.message} ({len(names)} cases: {_listed(names)})"


def others(group: Sequence[Deviation]) -> str:
    """The other cases of the same cause; nothing where there is none."""
    names = _names(group)[1:]
    return f"in {len(names)} more: {_listed(names)}" if names else ""


def _names(group: Sequence[Deviation]) -> list[str]:
    return list(dict.fromkeys(each.name for each in group))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
