"""Which entries somebody asks for."""

from dataclasses import dataclass

from smartcal_api.journal.entry import Entry, fingerprint

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Every member that is given must match. `status` is exact, a class such as `4xx`, or `none`: never answered."""

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | str | None = None
    budgets: frozenset[str] | None = None
    """Those of the credentials that it may come from."""
    request_id: str | None = None

    def matches(self, entry: Entry) -> bool:
        return (
            (self.operation is None or (entry.operation is not None and entry.operation.id == self.operation))
            and (self.method is None or entry.method == self.method.upper())
            and (self.path is None or entry.path.startswith(self.path.encode()))
            and (self.status is None or self._has_status(entry.status, str(self.status).lower()))
            and (self.budgets is None or (entry.principal is not None and entry.principal.budget in self.budgets))
            and (self.request_id is None or entry.request_id == self.request_id)
        )

    def __str__(self) -> str:
        given = {name: getattr(self, name) for name in self.__slots__ if name != "budgets"}
        given["principal"] = None if self.budgets is None else " or ".join(sorted(map(fingerprint, self.budgets)))
        return " ".join(f"{name}={value}" for name, value in given.items() if value is not None) or "any request"

    @staticmethod
    def _has_status(status: int | None, wanted: str) -> bool:
        if status is None:
            return wanted == NONE
        return str(status) == wanted or (wanted.endswith("xx") and str(status)[0] == wanted[0])
