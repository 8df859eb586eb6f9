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
    principal: str | None = None
    request_id: str | None = None

    def matches(self, entry: Entry) -> bool:
        return (
            (self.operation is None or (entry.operation is not None and entry.operation.id == self.operation))
            and (self.method is None or entry.method == self.method.upper())
            and (self.path is None or entry.path.startswith(self.path.encode()))
            and (self.status is None or self._has_status(entry.status, str(self.status).lower()))
            and (self.principal is None or self._is_from(entry))
            and (self.request_id is None or entry.request_id == self.request_id)
        )

    def __str__(self) -> str:
        given = ((name, getattr(self, name)) for name in self.__slots__)
        return " ".join(f"{name}={value}" for name, value in given if value is not None) or "any request"

    @staticmethod
    def _has_status(status: int | None, wanted: str) -> bool:
        if status is None:
            return wanted == NONE
        return str(status) == wanted or (wanted.endswith("xx") and str(status)[0] == wanted[0])

    def _is_from(self, entry: Entry) -> bool:
        wanted = (self.principal or "").lower()
        return entry.principal is not None and wanted[:12] == fingerprint(entry.principal)[: len(wanted)]
