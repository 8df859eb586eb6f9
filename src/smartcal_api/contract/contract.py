"""The contract: read once, checked, and everything that can be asked of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from smartcal_api.contract.bundle import beside, bundled
from smartcal_api.contract.check import Affected, examine
from smartcal_api.contract.description import Description
from smartcal_api.contract.document import Document, escape
from smartcal_api.contract.message import message_headers
from smartcal_api.contract.operation import Operation
from smartcal_api.contract.policy import read_policy
from smartcal_api.contract.resources import of_the_product
from smartcal_api.contract.schemes import carrier, scopes_of
from smartcal_api.contract.shape import faults, recognise
from smartcal_api.contract.understood import understood
from smartcal_api.errors import Finding

_ALL_SCOPES = "all"
_NOTHING: Mapping[str, Finding] = MappingProxyType({})


class Contract(Description):
    """The product's document, sound, with its policy and its scopes.

    With `draft`, operations that the toolkit doesn't understand are kept apart in `unserved` and the rest is served; a
    finding that touches the whole document is an error all the same (law SRC 4). Findings in components that nothing
    uses are in `unused`. What else can't be served is kept `aside`, by operationId.
    """

    def __init__(self, document: Document, *, draft: bool = False, aside: Mapping[str, Finding] = _NOTHING) -> None:
        document = understood(document)
        examined = examine(document)
        findings = examined.findings
        strict = document.reading is not None and document.reading.ours
        not_understood: dict[str, Finding] = dict(aside)
        self.unused: list[Finding] = []
        fatal = []
        affected = Affected(document) if findings and (draft or not strict) else None
        for finding in findings:
            touched = affected.operations(finding.pointer) if affected is not None else None
            if touched is not None and not touched:
                self.unused.append(finding)
            elif touched is None or not draft:
                fatal.append(finding)
            else:
                not_understood.update(dict.fromkeys(touched, finding))
        if fatal:
            raise document.error(fatal)
        document = _without_schemes(document, [*self.unused, *not_understood.values()])
        super().__init__(document, read_policy(document.data), without=not_understood)
        self.scopes: tuple[str, ...] = tuple(self._scopes())
        self.foreign = examined.foreign
        self.idle = examined.idle
        shown = {name: self.members(self.resource_pointer(name)) for name in self.resources}
        self.of_the_product = of_the_product(shown)
        """Whether it is of SmartCal Pro, which the data set and the handlers are for."""
        self.shapes = recognise(self)
        """The resources that operations are about by their shape, which may be stated on the spot."""
        for name, each in self.shapes.resources.items():
            if self._pointers.setdefault(name, each.pointer) == each.pointer and name not in self.resources:
                self.resources = {**self.resources, name: name}
        misstated = list(faults(document, self.shapes, self.policy.problems, self._fits))
        if misstated:
            raise document.error(misstated)
        self.message_headers = list(message_headers(document.data))

    @property
    def key_scopes(self) -> dict[str, tuple[str, ...]]:
        """What keys there are to try it with, by name: one for each scope, and one for all that no scope stands for."""
        keys: dict[str, tuple[str, ...]] = {scope: (scope,) for scope in self.scopes}
        secured = any(each.alternatives for each in self.operations.values())
        whole = any(satisfied >= set(self.scopes) for satisfied in map(self._satisfied, self.scopes))
        return keys if whole or not secured else {_ALL_SCOPES: self.scopes, **keys}

    def carriers(self, operation: Operation) -> list[str]:
        """What a credential for an operation can come in, by `schemes.carrier`; empty where none is needed."""
        schemes = self.data["components"].get("securitySchemes", {})
        if any(not each for each in operation.alternatives):
            return []
        return [carrier(schemes[name]) for each in operation.alternatives for name in each]

    @property
    def reading_told(self) -> list[str]:
        """What was made of the document that it doesn't say itself, in lines for whoever starts a server of it."""
        return [] if self.document.reading is None else self.document.reading.told()

    def _satisfied(self, scope: str) -> set[str]:
        return {scope, *self.policy.scope_implies.get(scope, ())}

    def _scopes(self) -> Iterator[str]:
        """Those that flows state, then those that operations name besides."""
        schemes = self.data["components"].get("securitySchemes", {}).values()
        stated = [scope for scheme in schemes for scope in scopes_of(scheme)]
        named = [scope for each in self.operations.values() for scope in sorted(each.scopes)]
        yield from dict.fromkeys((*stated, *named))

    def _fits(self, pointer: str, value: object) -> bool:
        return bool(self.schemas.at(pointer).is_valid(value))

    @classmethod
    def read(
        cls, path: Path | None = None, *, draft: bool = False, regular: bool = False, overlays: Sequence[Path] = ()
    ) -> "Contract":
        """The contract at `path`, or the one that comes with the package; the rest as `Document.read` has it."""
        stated = path or shipped()
        document = Document.read(stated, regular=regular, overlays=overlays)
        return cls(bundled(document, beside(stated)), draft=draft)


def _without_schemes(document: Document, findings: Iterable[Finding]) -> Document:
    """The document without the security schemes that have a fault: what asks for them is set aside."""
    start = "/components/securitySchemes/"
    faulty = {each.pointer.removeprefix(start).partition("/")[0] for each in findings if each.pointer.startswith(start)}
    if not faulty:
        return document
    components = document.data["components"]
    schemes = {name: each for name, each in components["securitySchemes"].items() if escape(name) not in faulty}
    return document.seen_as({**document.data, "components": {**components, "securitySchemes": schemes}})


def shipped() -> Path:
    """The contract in the wheel, or in the checkout of an editable installation."""
    packaged = Path(str(resources.files("smartcal_api"))) / "openapi.yaml"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "openapi.yaml"
