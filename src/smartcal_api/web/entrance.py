"""The way in: a browser is led to the pages, and the contract is where tools look for it.

These paths are outside of the product: they count for no budget, stand in no journal, and a contract that has one of
them is the one that answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import Scope, Send

from smartcal_api.contract import Contract, Description
from smartcal_api.control import PREFIX
from smartcal_api.http.roots import Roots
from smartcal_api.sandbox.registry import Registry
from smartcal_api.web.home import home
from smartcal_api.web.page import HEADERS
from smartcal_api.web.reference import reference
from smartcal_api.web.served_contract import JSON, YAML, as_json, as_yaml

HOME, DOCS = f"{PREFIX}/", f"{PREFIX}/docs"
_ROOT, _DOCS, _JSON, _YAML = "/", "/docs", "/openapi.json", "/openapi.yaml"
# What every path ends with that may be a way in: all that a request of the product is asked about them.
ENDINGS = (_ROOT, _DOCS, _JSON, _YAML)
_HTML = "text/html"
_MARK = "/~"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show to anybody: the keys that everybody knows, by their scopes."""

    keys: Mapping[str, str] = field(default_factory=dict)


class Entrance:
    """Asked only for paths that end with one of `ENDINGS`, or are the control plane's prefix itself."""

    def __init__(
        self,
        contract: Callable[[], Contract],
        control: Callable[[], Description],
        registry: Registry,
        *,
        roots: Roots,
        shown: Shown,
    ) -> None:
        self._contract = contract
        self._control = control
        self._registry = registry
        self._roots = roots
        self._shown = shown

    def answer(self, scope: Scope) -> "Found | None":
        """What is there, or None where the product or the control plane answers."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"")
        if not self._roots.knows(host):
            return None
        server, path, contract = self._roots.of(host), scope["path"], self._contract()
        prefix, path = self._named(path)
        if path in contract.data["paths"]:
            return None
        browser = _HTML in headers.get(b"accept", b"").decode("latin-1").lower()
        root = server + prefix
        if path == _JSON:
            return Found(as_json(contract, root), JSON)
        if path == _YAML:
            return Found(as_yaml(contract, root), YAML)
        if path in (HOME, DOCS) and not prefix and _takes_html(headers):
            return Found(self._page(path, server, contract), _HTML, headers=HEADERS)
        leads = {_ROOT: HOME, PREFIX: HOME, _DOCS: DOCS}.get(path)
        return Found(b"", None, status=302, headers={"Location": leads}) if leads and browser else None

    def _named(self, path: str) -> tuple[str, str]:
        """What names a sandbox that there is, and the path within it."""
        if path.startswith(_MARK):
            name, slash, rest = path[len(_MARK) :].partition("/")
            if self._registry.get(name) is not None:
                return _MARK + name, slash + rest
        return "", path

    def _page(self, path: str, server: str, contract: Contract) -> bytes:
        documents = {name: each for name, each in documents_of(contract).items() if each is not None}
        if path == HOME:
            return home(contract, server, keys=self._shown.keys, documents=documents)
        control = self._control()
        return reference(
            {
                contract.data["info"]["title"]: (contract, server + next(iter(documents.values()))),
                control.data["info"]["title"]: (control, f"{server}{PREFIX}/openapi"),
            }
        )


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of the entrance."""

    body: bytes
    media_type: str | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, scope: Scope, send: Send) -> None:
        fields = {**self.headers, "Cache-Control": "no-cache", "Vary": "Accept", "Content-Length": str(len(self.body))}
        if self.media_type is not None:
            fields["Content-Type"] = (
                f"{self.media_type}; charset=utf-8" if self.media_type == _HTML else self.media_type
            )
        wire = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": wire})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


def documents_of(contract: Contract) -> dict[str, str]:
    """Where the contract is served, by format: where a contract has such a path itself, the control plane has it."""
    return {
        "JSON": _JSON if _JSON not in contract.data["paths"] else f"{PREFIX}/contract",
        **({"YAML": _YAML} if _YAML not in contract.data["paths"] else {}),
    }


def _takes_html(headers: Mapping[bytes, bytes]) -> bool:
    accepted = headers.get(b"accept", b"*/*").decode("latin-1").lower()
    return any(each in accepted for each in (_HTML, "text/*", "*/*"))
