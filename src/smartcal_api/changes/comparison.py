"""Two documents compared: the way in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from smartcal_api.changes.change import Audience, Change, Changes
from smartcal_api.changes.containment import End
from smartcal_api.changes.delta import Level, Proof
from smartcal_api.changes.messages import Messages
from smartcal_api.changes.operations import Operations
from smartcal_api.changes.policy import Policy
from smartcal_api.changes.security import Security
from smartcal_api.changes.servers import Servers
from smartcal_api.changes.side import Side, own
from smartcal_api.changes.versions import announced, wanted

_WEIGHT = {Level.BREAKING: 0, Level.RISKY: 1, Level.COMPATIBLE: 2}
_AUDIENCES = {audience: number for number, audience in enumerate(Audience)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, the breaking first; `wanted` is the version that it asks for, as far as that can be told."""

    old: Side
    new: Side
    changes: tuple[Change, ...]

    @property
    def counted(self) -> list[Change]:
        """Those that nobody has accepted."""
        return [change for change in self.changes if not change.accepted]

    def of(self, level: Level) -> list[Change]:
        return [change for change in self.counted if change.level is level]

    @property
    def unproven(self) -> list[Change]:
        return [change for change in self.counted if change.proof is Proof.NONE]

    def names(self, subjects: Iterable[str]) -> list[str]:
        """What operations are called: by method and path, and by their operationIds in both documents."""
        titles = [*subjects]
        ids = [_ids(side) for side in (self.old, self.new)]
        return [*titles, *(known[each] for known in ids for each in titles if each in known)]

    @property
    def wanted(self) -> str | None:
        worst = min((change.level for change in self.changes), key=_WEIGHT.__getitem__, default=None)
        return wanted(self.old.version, worst)

    @property
    def announced(self) -> bool:
        """Whether `info.version` says that something breaks."""
        return announced(self.old.version, self.new.version)


def _ids(side: Side) -> dict[str, str]:
    """METHOD path → operationId."""
    return {
        f"{method.upper()} {path}": operation["operationId"]
        for path, item in own(side.data.get("paths")).items()
        for method, operation in (item.items() if isinstance(item, dict) else ())
        if isinstance(operation, dict) and isinstance(operation.get("operationId"), str)
    }


def compare(
    old: Side,
    new: Side,
    *,
    levels: Mapping[str, Level] | None = None,
    decided: Level = Level.BREAKING,
    today: date,
) -> Comparison:
    """Every change from `old` to `new`. `levels` are those of rules that weigh differently, `decided` is the most that
    a change of a clause weighs that the contract has only decided; `today` tells whether a sunset is over."""
    changes = Changes(old, new, levels or {}, decided)
    messages = Messages(End(old), End(new), changes)
    operations = Operations(messages, today)
    policy, security, servers = Policy(messages), Security(old, new, changes), Servers(old, new, changes)
    for before, after in operations.compare():
        security.operation(before, after)
        policy.operation(before, after)
        servers.operation(before, after)
    operations.deliveries()
    security.schemes()
    policy.compare()
    found = changes.all()
    places = [
        side.document.places([at for at in pointers if at is not None])
        for side, pointers in ((old, [c.old_at for c in found]), (new, [c.new_at for c in found]))
    ]
    for change in found:
        change.old_place = places[0].get(change.old_at) if change.old_at is not None else None
        change.new_place = places[1].get(change.new_at) if change.new_at is not None else None
    found.sort(key=lambda change: (_WEIGHT[change.level], _AUDIENCES[change.audience]))
    return Comparison(old, new, tuple(found))
