"""What deliveries say besides what code knows, as the schemas under `webhooks` want it (law SRC 2)."""

from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.shape.fields import fields
from smartcal_api.contract.shape.happenings import place_in
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair


class Payloads:
    """Those of one contract."""

    def __init__(self, contract: Contract, *, seed: int) -> None:
        self._contract = contract
        self._seed = seed
        self._stated: dict[str, dict[str, Any]] = {}
        self._places: dict[str, tuple[str, ...]] = {}

    def whole(self, event_type: str, payload: dict[str, Any]) -> dict[str, Any]:
        """A payload with each const, default and required member that it lacked. What can't be made to fit by that
        alone comes back as it was: it is judged before it is sent."""
        contract = self._contract
        if event_type not in contract.data["webhooks"]:
            return payload
        pointer = contract.payload(event_type)
        payload = self._placed(event_type, pointer, payload)
        whole = {**self._besides(event_type, contract.end_of(pointer)), **payload}
        validator = contract.schemas.at(pointer)
        if validator.is_valid(whole):
            return whole
        try:
            made = repair(
                whole,
                validator=validator,
                schema=contract.sent.resolve(f"#{pointer}"),
                generator=ValueGenerator(contract.sent.data, seed=self._seed),
                salt=f"{event_type} {payload.get('id')}",
            )
        except Unsatisfiable:
            return payload
        # An id of another form than `x-ids` has is told of at start.
        return payload if {*made.remade} - {"/id"} else made.document

    def _placed(self, event_type: str, pointer: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with its data where the contract has the resource that it is about."""
        place = self._places.get(event_type)
        if place is None:
            shapes = self._contract.shapes.resources.items()
            about = self._contract.about(event_type)
            shown = next(
                (each.pointer for name, each in shapes if name == about or event_type in each.told.values()), None
            )
            place = self._places[event_type] = place_in(self._contract.document, pointer, shown)
        if place == ("data",):
            return payload
        placed: dict[str, Any] = payload["data"]
        for name in reversed(place):
            placed = {name: placed}
        known = fields(self._contract.document, pointer).members if place else {}
        return {name: value for name, value in payload.items() if name in known and name != "data"} | placed

    def _besides(self, event_type: str, pointer: str) -> dict[str, Any]:
        """The members that have a value in the contract itself."""
        known = self._stated.get(event_type)
        if known is None:
            resolve, known = self._contract.document.resolve, {}
            schema = resolve(f"#{pointer}")
            for name in schema.get("properties", {}) if isinstance(schema, dict) else ():
                stated = resolve(f"#{self._contract.end_of(f'{pointer}/properties/{escape(name)}')}")
                if isinstance(stated, dict) and ("const" in stated or "default" in stated):
                    known[name] = stated["const"] if "const" in stated else stated["default"]
            self._stated[event_type] = known
        return known
