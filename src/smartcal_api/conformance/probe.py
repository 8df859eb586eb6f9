"""What a law gets: requests to the target, values to try, what is expected, and nothing else."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from hypothesis.strategies import SearchStrategy

from smartcal_api.conformance.asking import ANY, Asking
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.control import Control
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Broken, Inconclusive, NotVerified
from smartcal_api.conformance.generate import for_any
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.contract import Operation

T = TypeVar("T")


class Probe(Asking):
    """One attempt at one case. `story` begins anew with every generated value, so that a failure is told shortly."""

    def __init__(self, case: Case, session: Session, snapshots: Snapshots, *, seed: int, full: bool) -> None:
        super().__init__(session, snapshots)
        self.case = case
        self.full = full
        self.rng = random.Random(f"{seed}/{case.name}")
        self._story_from = len(session.evidence)
        self._story_to: int | None = None

    @property
    def operation(self) -> Operation:
        """The operation of this case."""
        assert self.case.operation is not None, f"{self.case.law.id} is over no operations"
        return self.case.operation

    # -- What the target has --

    def credentials(self, *, account: int = 0, kind: Kind | None = None) -> list[Credential]:
        return [
            each for each in self.target.credentials if each.account == account and (kind is None or each.kind is kind)
        ]

    def credential(self, scopes: frozenset[str] = frozenset(), *, account: int = 0) -> Credential:
        """One that satisfies the scopes, the one that can be used the soonest; else not verified."""
        fitting = [each for each in self.credentials(account=account) if scopes <= self.session.satisfied(each)]
        if not fitting:
            raise NotVerified(Capability.OTHER_ACCOUNT if account else Capability.KEY)
        return self.session.pacing.choose(fitting)

    def lesser(self, scopes: frozenset[str]) -> list[Credential]:
        """Those that don't satisfy the scopes; none is not verified."""
        found = [each for each in self.credentials() if not scopes <= self.session.satisfied(each)]
        if not found:
            raise NotVerified(Capability.LESSER_KEY)
        return found

    @property
    def control(self) -> Control:
        """The control plane; without one, not verified."""
        if self.session.control is None:
            raise NotVerified(Capability.CONTROL)
        return self.session.control

    @property
    def has_control(self) -> bool:
        return self.session.control is not None

    def whole(self, listing: Operation) -> list[Any]:
        """The whole list, unfiltered, in its order; read once, and again after anything that may have changed it."""
        return self._snapshots.whole(listing, self)

    def read(self, listing: Operation, query: Mapping[str, Any]) -> list[Any]:
        """The whole list that filters leave, read now."""
        return self._snapshots.read(listing, self, query)

    def an_id(self, operation: Operation) -> str:
        """An id of the account for the path of an operation; an empty list is inconclusive."""
        return self._snapshots.an_id(operation, self)

    @property
    def last(self) -> Exchange:
        """The last answer of all."""
        return self.session.evidence[-1]

    def evidence(self, operation: Operation) -> list[Exchange]:
        """What the operation answered so far, to any law; not what was waited out."""
        return [each for each in self.session.evidence if each.operation == operation.id and not each.aside]

    def answers(self) -> list[Exchange]:
        """All that was answered so far, to any law, as a list of its own."""
        return [each for each in self.session.evidence if not each.aside]

    @property
    def alone(self) -> bool:
        """Whether nobody else uses the keys that `fresh` gives."""
        return self.target.exclusive or (self.has_control and self.control.mints)

    @property
    def judge(self) -> Judge:
        """Says whether an answer is valid against the contract."""
        return self.session.judge

    def ids(self, operation: Operation) -> list[str]:
        """Those of the first page of the list that the operation is below; one that can't be read is inconclusive."""
        return self._snapshots.ids(operation, self)

    def foreign_id(self, operation: Operation) -> str:
        """An id of the other account; an account that has none is inconclusive."""
        return self._snapshots.foreign_id(operation, self)

    def minted(self, scopes: frozenset[str]) -> Credential:
        """A key of exactly these scopes that nobody else has, made by the control plane once a run."""
        return self.session.minted(scopes)

    def create(self, operation: Operation, *, credential: Credential = ANY, body: Any = None) -> Exchange:
        """A new resource, with an example of the contract or a body of one's own; deleted when the case ends."""
        if credential is ANY:
            credential = self.credential(operation.scopes)
        return self.session.stock.create(operation, self, credential, body)

    def cancellable(self) -> str:
        """The id of a booking that can be cancelled and that no law has taken before."""
        return self.session.stock.cancellable(self)

    def succeed(self, operation: Operation) -> Exchange:
        """A success of an operation that changes something, on what is made for it."""
        if not operation.path_names:
            return self.create(operation)
        creator = self.session.stock.creator(operation.path.rpartition("/{")[0])
        identifier = self.create(creator).json["id"] if creator else self.cancellable()
        return self.call(operation, path=dict.fromkeys(operation.path_names, identifier))

    def fresh(self, scopes: frozenset[str]) -> Credential:
        """A key with these scopes and a whole budget: a new one where the control plane makes keys, else one for which
        its clock is moved past the longest window."""
        if self.control.mints:
            self.session.fresh += 1
            return self.control.mint(scopes, label=f"fresh_{self.session.fresh}")
        credential = self.credential(scopes)
        self.session.pacing.rest()
        return credential

    # -- What is tried, and what is expected --

    def for_any(self, values: SearchStrategy[T], check: Callable[[T], None], *, examples: int) -> None:
        """Checks generated values, and what fails shrinks to the simplest that still does. `examples` is for `full`;
        `quick`, or a target whose budgets would make it wait, tries fewer."""

        def afresh(value: T) -> None:
            self._story_from = len(self.session.evidence)
            check(value)

        some = examples if self.full else max(3, examples // 6)
        shrinks = self.session.pacing.free(self.credentials(), 20 * some)
        for_any(values, afresh, seed=self.rng.getrandbits(32), examples=some, shrinks=shrinks)

    def for_each(self, values: Sequence[T], check: Callable[[T], None], *, quick: int | None = None) -> None:
        """Checks every one of the values; `quick` only so many of them, other ones with another seed."""
        chosen = values
        if quick is not None and not self.full:
            chosen = self.rng.sample(values, min(quick, len(values)))
        for value in chosen:
            self._story_from = len(self.session.evidence)
            check(value)

    def expect(self, condition: bool, message: str, *, clause: str | None = None, kind: str = "") -> None:
        """The law is broken unless the condition holds. The message says what was seen, and what was to be."""
        if not condition:
            raise Broken(message, clause=clause, kind=kind)

    def fail(self, message: str, *, clause: str | None = None, kind: str = "") -> NoReturn:
        raise Broken(message, clause=clause, kind=kind)

    def give_up(self, why: str) -> NoReturn:
        """Nothing could be observed."""
        raise Inconclusive(why)

    def show(self, exchange: Exchange) -> None:
        """The story is this one exchange."""
        self._story_from, self._story_to = exchange.number, exchange.number + 1

    def story(self) -> tuple[Exchange, ...]:
        """What was sent since the last generated value began, or since the case did."""
        return tuple(self.session.evidence[self._story_from : self._story_to])

    def ends_at(self, number: int) -> None:
        """The story ends before the exchange of that number, if it hasn't ended yet."""
        self._story_to = number if self._story_to is None else self._story_to
