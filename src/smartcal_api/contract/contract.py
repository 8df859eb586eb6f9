"""The contract: read once, checked, and everything that can be asked of it."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from smartcal_api.contract.check import affected, check, foreign
from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import Operation, Reader, Response
from smartcal_api.contract.policy import Policy, read_policy
from smartcal_api.contract.schemas import Schemas
from smartcal_api.errors import Finding


class Contract:
    """A sound document, its policy and its operations by operationId.

    With `draft`, operations that the toolkit doesn't understand are kept apart in `unserved` and the rest is served; a
    finding that touches the whole document is an error all the same (law SRC 4). Findings in components that nothing
    uses are in `unused`.
    """

    def __init__(self, document: Document, *, draft: bool = False) -> None:
        findings = check(document)
        not_understood: dict[str, Finding] = {}
        self.unused: list[Finding] = []
        fatal = []
        for finding in findings:
            touched = affected(document, finding.pointer) if draft else None
            if touched is None:
                fatal.append(finding)
            elif not touched:
                self.unused.append(finding)
            else:
                not_understood.update(dict.fromkeys(touched, finding))
        if fatal:
            raise document.error(fatal)
        self.document = document
        self.data: Mapping[str, Any] = document.data
        self.version: str = document.data["info"]["version"]
        self.policy: Policy = read_policy(document.data)
        self.schemas = Schemas(document)
        reader = Reader(document, self.policy.pagination)
        self.operations: dict[str, Operation] = {each.id: each for each in reader.operations(not_understood)}
        self.unserved: dict[str, tuple[Operation, Finding]] = {
            each.id: (each, not_understood[each.id]) for each in reader.outlines(not_understood)
        }
        self.unrouted: dict[int, Response] = {
            int(status): reader.response(response, f"/x-unrouted-responses/{status}")
            for status, response in document.data["x-unrouted-responses"].items()
            if not status.startswith("x-")
        }
        self.scopes: tuple[str, ...] = tuple(
            scope
            for scheme in document.data["components"].get("securitySchemes", {}).values()
            for flow in scheme.get("flows", {}).values()
            for scope in flow.get("scopes", {})
        )
        self.foreign = foreign(document)

    @classmethod
    def read(cls, path: Path | None = None, *, draft: bool = False) -> "Contract":
        """The contract at `path`, or the one that comes with the package."""
        return cls(Document.read(path or shipped()), draft=draft)

    def allowed(self, path: str) -> list[str]:
        """The methods that a path template answers, sorted; HEAD where there is GET (RFC 9110 section 10.2.1)."""
        methods = {method.upper() for method in self.data["paths"][path] if method.upper() in _METHODS}
        return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

    def schema(self, name: str) -> Mapping[str, Any]:
        """The component schema of that name."""
        found: Mapping[str, Any] = self.data["components"]["schemas"][name]
        return found


_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"})


def shipped() -> Path:
    """The contract in the wheel, or in the checkout of an editable installation."""
    packaged = Path(str(resources.files("smartcal_api"))) / "openapi.yaml"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "openapi.yaml"
