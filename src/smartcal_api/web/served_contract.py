"""The contract as it is served: as it was written, with this server in place of its servers."""

import json
import re
from collections.abc import Mapping
from typing import Any

from smartcal_api.contract import Contract

JSON, YAML = "application/json", "application/yaml"
# A member at the top of a block mapping, with all lines that are indented below it or begin its items.
_SERVERS = re.compile(r"^servers:.*\n(?:[ \t-].*\n|\n(?=[ \t-]))*", re.MULTILINE)


def as_json(contract: Contract, root: str) -> bytes:
    return json.dumps(_served(contract, root), indent=2, ensure_ascii=False).encode()


def as_yaml(contract: Contract, root: str) -> bytes:
    """With its comments and in its order; where its servers can't be told apart in the text, as JSON, which YAML is."""
    (server,) = _served(contract, root)["servers"]
    block = f"servers:\n  - url: {json.dumps(server['url'])}\n    description: {server['description']}\n"
    text, found = _SERVERS.subn(lambda _: block, contract.document.text)
    stated = _SERVERS.search(contract.document.text)
    if found != 1 or stated is None or "&" in stated[0] or not text.endswith("\n"):
        return as_json(contract, root)
    return text.encode()


def _served(contract: Contract, root: str) -> Mapping[str, Any]:
    return {**contract.document.stated, "servers": [{"url": root, "description": "This server."}]}
