"""The page to read the documents on and to try what they say: Swagger UI, where its files are installed."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from smartcal_api.contract import Contract, Description
from smartcal_api.control import PREFIX
from smartcal_api.sandbox.credentials import DOCS_CLIENT
from smartcal_api.sandbox.registry import DEFAULT
from smartcal_api.seeding import weeks_to
from smartcal_api.web.files import SECURE, STATIC, SWAGGER_FILES, file_of, swagger_ui
from smartcal_api.web.found import HTML, Found
from smartcal_api.web.readable import readable
from smartcal_api.web.reference import reference

DOCS = f"{PREFIX}/docs"
_BELOW = f"{DOCS}/"
_PRODUCT, _CONTROL = "product", "control"
_JSON = "application/json"


class Docs:
    """`keys` are those that everybody may see, by their scopes; `token`: whether the control plane asks for one."""

    def __init__(self, *, keys: Mapping[str, str], token: bool) -> None:
        self._keys = keys
        self._token = token
        self._folder: Path | None = None
        self._page: Template | None = None

    def page(self, contract: Contract, control: Description, root: str, *, of: str, sandbox: str) -> Found:
        """Of the product's document or the control plane's; a list of operations where nothing shows more."""
        self._folder = self._folder or swagger_ui()
        if self._folder is None:
            documents = {
                contract.data["info"]["title"]: (contract, f"{root}{PREFIX}/contract"),
                control.data["info"]["title"]: (control, f"{root}{PREFIX}/openapi"),
            }
            return reference(documents)
        self._page = self._page or Template((STATIC / "docs.html").read_text(encoding="utf-8"))
        of = _CONTROL if of == _CONTROL else _PRODUCT
        titles = {_PRODUCT: contract.data["info"]["title"], _CONTROL: control.data["info"]["title"]}
        implied = contract.policy.scope_implies
        key = next((value for scope, value in self._keys.items() if scope in implied), "") if of == _PRODUCT else ""
        here = {"sandbox": sandbox} if sandbox != DEFAULT else {}
        links = "".join(_link(name, title, here, current=name == of) for name, title in titles.items())
        text = self._page.substitute(
            title=escape(titles[of]),
            links=links,
            document=escape(f"{_BELOW}{of}.json{'?' if here else ''}{urlencode(here)}"),
            of=of,
            sandbox=escape(sandbox),
            key=escape(key if sandbox == DEFAULT else ""),
            scopes=escape(" ".join(contract.scopes)),
            client=escape(DOCS_CLIENT if sandbox == DEFAULT else f"{DOCS_CLIENT}.{sandbox}"),
        )
        return Found(text.encode(), HTML, headers=SECURE)

    def below(self, path: str, contract: Contract, control: Description, *, sandbox: str, now: int) -> Found | None:
        """What the page asks for, of a sandbox at that instant; None where there is nothing."""
        name = path.removeprefix(_BELOW)
        prefix = "" if sandbox == DEFAULT else f"/~{sandbox}"
        if name == f"{_PRODUCT}.json":
            return _document(readable(contract, root=prefix, weeks=weeks_to(now)))
        if name == f"{_CONTROL}.json":
            return _document(readable(control, root="", token=self._token))
        if name in SWAGGER_FILES and (folder := self._folder or swagger_ui()) is not None:
            return file_of(folder, name)
        return None


def _link(of: str, title: str, here: Mapping[str, str], *, current: bool) -> str:
    url, mark = f"{DOCS}?{urlencode({'of': of, **here})}", ' aria-current="page"' if current else ""
    return f'<a href="{escape(url)}"{mark}>{escape(title)}</a>'


def _document(document: Mapping[str, object]) -> Found:
    return Found(json.dumps(document, ensure_ascii=False).encode(), _JSON)
