"""The forms of a deployment that an overlay states, and what no overlay can take away from what it is judged by."""

from smartcal_api.conformance.basis import Basis, Grounds
from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.overlay import BASIS
from smartcal_api.errors import ContractError, Finding


def stated_forms(contract: Contract) -> str:
    """What a verdict says of them, nothing where there are none; raises `ContractError` for what isn't a form.

    What the contract decides may be stated otherwise, and made to bind. What it documents may not: for a deviation from
    that there is the baseline. A contract that says of nothing what it rests on is its owner's, and so is an overlay.
    """
    document = contract.document
    if not document.overlays:
        return ""
    plain = document.plain
    grounds = Grounds(plain)
    if _says_what_it_rests_on(plain.data):
        for overlay in document.overlays:
            for parts, line in overlay.changed.items():
                pointer = "".join(f"/{escape(str(part))}" for part in parts)
                place = pointer.removesuffix(f"/{BASIS}")
                if grounds.of(place).basis is not Basis.DECIDED:
                    message = "is documented, which no overlay takes away; a deviation is for --baseline"
                    raise ContractError(str(overlay.path), [Finding(pointer, message, line)])
    count = sum(map(len, document.overlays))
    names = ", ".join(each.path.name for each in document.overlays)
    return f"with {count} stated form{'' if count == 1 else 's'} ({names})"


def _says_what_it_rests_on(value: object) -> bool:
    if isinstance(value, dict):
        return BASIS in value or any(map(_says_what_it_rests_on, value.values()))
    return isinstance(value, list) and any(map(_says_what_it_rests_on, value))
