"""The way in: a browser is led to the pages, and the contract is where tools look for it.

These paths are outside of the product: they count for no budget, stand in no journal, and a contract that has one of
them is the one that answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from string import Template
from urllib.parse import parse_qs

from starlette.types import Scope

from smartcal_api.contract import Contract, Description
from smartcal_api.control import PREFIX
from smartcal_api.http.roots import Roots
from smartcal_api.sandbox.registry import DEFAULT, Registry
from smartcal_api.web.docs import DOCS, Docs
from smartcal_api.web.files import SECURE, STATIC, file_of
from smartcal_api.web.found import HTML, Found
from smartcal_api.web.home import home
from smartcal_api.web.served_contract import JSON, YAML, as_json, as_yaml

HOME = f"{PREFIX}/"
_FILES = f"{PREFIX}/pages/"
_ROOT, _DOCS, _JSON, _YAML = "/", "/docs", "/openapi.json", "/openapi.yaml"
# What every path ends with that may be a way in: all that a request of the product is asked about them.
ENDINGS = (_ROOT, _DOCS, _JSON, _YAML)
_MARK = "/~"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show to anybody: the keys that everybody knows, by their scopes; and what it must know, which is
    whether the control plane asks for a token."""

    keys: Mapping[str, str] = field(default_factory=dict)
    token: bool = False


class Entrance:
    """Asked only for paths that end with one of `ENDINGS`, or begin with the control plane's prefix."""

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
        self._home: Template | None = None
        self._docs = Docs(keys=shown.keys, token=shown.token)

    def answer(self, scope: Scope) -> Found | None:
        """What is there, or None where the product or the control plane answers."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"")
        if not self._roots.knows(host):
            return None
        server, contract = self._roots.of(host), self._contract()
        sandbox, path = self._named(scope["path"])
        if path in contract.data["paths"]:
            return None
        if path == _JSON:
            return Found(as_json(contract, server + _prefix(sandbox)), JSON)
        if path == _YAML:
            return Found(as_yaml(contract, server + _prefix(sandbox)), YAML)
        if path.startswith(PREFIX) and sandbox == DEFAULT and (found := self._shown_at(path, scope, server, contract)):
            return found
        leads = {_ROOT: HOME, PREFIX: HOME, _DOCS: DOCS}.get(path)
        if leads is None or HTML not in headers.get(b"accept", b"").decode("latin-1").lower():
            return None
        query = "" if sandbox == DEFAULT else f"?sandbox={sandbox}"
        return Found(b"", None, status=302, headers={"Location": leads + query})

    def _named(self, path: str) -> tuple[str, str]:
        """The sandbox that a path begins with, as far as there is one, and the path within it."""
        if path.startswith(_MARK):
            name, slash, rest = path[len(_MARK) :].partition("/")
            if self._registry.get(name) is not None:
                return name, slash + rest
        return DEFAULT, path

    def _shown_at(self, path: str, scope: Scope, server: str, contract: Contract) -> Found | None:
        """A page, or a file of one."""
        if path.startswith(_FILES):
            return file_of(STATIC, path.removeprefix(_FILES))
        asked = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        world = self._registry.get(asked.get("sandbox", DEFAULT)) or self._registry.default
        sandbox, now = world.name, world.clock.now()
        if path.startswith(f"{DOCS}/"):
            return self._docs.below(path, contract, self._control(), sandbox=sandbox, now=now)
        if path not in (HOME, DOCS) or not _takes_html(dict(scope["headers"])):
            return None
        if path == DOCS:
            return self._docs.page(contract, self._control(), server, of=asked.get("of", ""), sandbox=sandbox)
        start = home(contract, server, keys=self._shown.keys, documents=documents_of(contract))
        title = escape(f"{contract.data['info']['title']} {contract.version}")
        self._home = self._home or Template((STATIC / "dashboard.html").read_text(encoding="utf-8"))
        return Found(self._home.substitute(title=title, start=start).encode("utf-8", "replace"), HTML, headers=SECURE)


def documents_of(contract: Contract) -> dict[str, str]:
    """Where the contract is served, by format: where a contract has such a path itself, the control plane has it."""
    return {
        "JSON": _JSON if _JSON not in contract.data["paths"] else f"{PREFIX}/contract",
        **({"YAML": _YAML} if _YAML not in contract.data["paths"] else {}),
    }


def _prefix(sandbox: str) -> str:
    return "" if sandbox == DEFAULT else _MARK + sandbox


def _takes_html(headers: Mapping[bytes, bytes]) -> bool:
    accepted = headers.get(b"accept", b"*/*").decode("latin-1").lower()
    return any(each in accepted for each in (HTML, "text/*", "*/*"))
