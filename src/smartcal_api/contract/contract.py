"""The contract: read once, checked, and everything that can be asked of it."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from smartcal_api.contract.check import Affected, examine
from smartcal_api.contract.description import Description
from smartcal_api.contract.document import Document
from smartcal_api.contract.message import message_headers
from smartcal_api.contract.policy import read_policy
from smartcal_api.errors import Finding

_NOTHING: Mapping[str, Finding] = MappingProxyType({})


class Contract(Description):
    """The product's document, sound, with its policy and its scopes.

    With `draft`, operations that the toolkit doesn't understand are kept apart in `unserved` and the rest is served; a
    finding that touches the whole document is an error all the same (law SRC 4). Findings in components that nothing
    uses are in `unused`. What else can't be served is kept `aside`, by operationId.
    """

    def __init__(self, document: Document, *, draft: bool = False, aside: Mapping[str, Finding] = _NOTHING) -> None:
        examined = examine(document)
        findings = examined.findings
        not_understood: dict[str, Finding] = dict(aside)
        self.unused: list[Finding] = []
        fatal = []
        affected = Affected(document) if draft and findings else None
        for finding in findings:
            touched = affected.operations(finding.pointer) if affected is not None else None
            if touched is None:
                fatal.append(finding)
            elif not touched:
                self.unused.append(finding)
            else:
                not_understood.update(dict.fromkeys(touched, finding))
        if fatal:
            raise document.error(fatal)
        super().__init__(document, read_policy(document.data), without=not_understood)
        self.scopes: tuple[str, ...] = tuple(
            scope
            for scheme in document.data["components"].get("securitySchemes", {}).values()
            for flow in scheme.get("flows", {}).values()
            for scope in flow.get("scopes", {})
        )
        self.foreign = examined.foreign
        self.idle = examined.idle
        self.message_headers = list(message_headers(document.data))

    @classmethod
    def read(
        cls, path: Path | None = None, *, draft: bool = False, regular: bool = False, overlays: Sequence[Path] = ()
    ) -> "Contract":
        """The contract at `path`, or the one that comes with the package; the rest as `Document.read` has it."""
        return cls(Document.read(path or shipped(), regular=regular, overlays=overlays), draft=draft)


def shipped() -> Path:
    """The contract in the wheel, or in the checkout of an editable installation."""
    packaged = Path(str(resources.files("smartcal_api"))) / "openapi.yaml"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "openapi.yaml"
