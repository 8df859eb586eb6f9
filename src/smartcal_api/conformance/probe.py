"""What a law gets: requests to the target, values to try, what is expected, and nothing else."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from smartcal_api.conformance.asking import ANY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.control import Control
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.expecting import Accepts, Expecting
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.generate import for_any
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.conformance.strictness import LENIENT, Strictness
from smartcal_api.contract import Operation, Parameter

T = TypeVar("T")


class Probe(Expecting):
    """One attempt at one case."""

    def __init__(
        self,
        case: Case,
        session: Session,
        snapshots: Snapshots,
        *,
        seed: int,
        full: bool,
        strictness: Strictness = LENIENT,
        accepts: Accepts = lambda _: False,
    ) -> None:
        super().__init__(case, session, snapshots, strictness=strictness, accepts=accepts)
        self.full = full
        self.rng = random.Random(f"{seed}/{case.name}")

    @property
    def operation(self) -> Operation:
        """The operation of this case."""
        assert self.case.operation is not None, f"{self.case.law.id} is over no operations"
        return self.case.operation

    def place(self, parameter: Parameter) -> str:
        """The pointer to a parameter of the operation; `parameter.pointer` is that of its schema."""
        return f"{self.operation.pointer}/parameters/{self.operation.parameters.index(parameter)}"

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

    def read(self, listing: Operation, query: Mapping[str, Any], *, account: int = 0) -> list[Any]:
        """The whole list that filters leave, read now."""
        return self._snapshots.read(listing, self, query, account=account)

    def largest(self, listing: Operation) -> int:
        """The largest page that the target takes, once the list was read whole."""
        return self._snapshots.largest(listing)

    def pages(self, answer: Exchange) -> int | None:
        """How many pages a list says that it has."""
        return self._snapshots.pages(answer.json)

    def above(self, operation: Operation) -> Operation:
        """The list that the resource of an operation is in."""
        return self._snapshots.above(operation)

    def spare(self) -> str:
        """The id of a booking that could be cancelled, for what is to be refused."""
        return self.session.stock.spare(self)

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
        identifier = str(self.create(creator).object["id"]) if creator else self.cancellable()
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
