"""What the first page has also without its script: where everything is, and what to send to it."""

from collections.abc import Mapping
from html import escape

from smartcal_api.contract import Contract
from smartcal_api.control import PREFIX
from smartcal_api.web.page import definitions, link


def home(contract: Contract, root: str, *, keys: Mapping[str, str], documents: Mapping[str, str]) -> str:
    """As markup. `keys` are those that everybody may see, by their scopes; `documents` is where the contract is, by its
    format."""
    control = root + PREFIX
    served = f"{root}{contract.base}"
    key = next(iter(keys.values()), "KEY")
    plain = (each for each in contract.operations.values() if each.method == "GET" and not each.path_names)
    first = next((each.path for each in plain if each.alternatives), f"{contract.base}/")
    curl = f"curl -H 'Authorization: Bearer {key}' {root}{first}"
    shown = definitions([(scope, f"<code>{escape(value)}</code>") for scope, value in keys.items()])
    return f"""<p>A local server that answers by its contract, with data, keys and a clock of its own.</p>
<h2>The API</h2>
{
        definitions(
            [
                ("Base URL", f"<code>{escape(served)}</code>"),
                ("Contract", ", ".join(link(root + path, name) for name, path in documents.items())),
                ("Operations", link(f"{control}/docs", "what can be asked")),
            ]
        )
    }
<h2>Keys</h2>
{shown if keys else '<p class="soft">The server printed them when it started.</p>'}
<pre>{escape(curl)}</pre>
<h2>The sandbox</h2>
{
        definitions(
            [
                ("Journal", link(f"{control}/sandboxes/default/journal", "what was asked and answered")),
                ("Every sandbox", link(f"{control}/journal", "what was last asked of each")),
                ("Deliveries", link(f"{control}/sandboxes/default/deliveries", "what webhooks were sent")),
                ("Sandboxes", link(f"{control}/sandboxes", "those that there are")),
                ("Control plane", link(f"{control}/openapi", "its own document")),
                ("Health", link(f"{control}/health")),
            ]
        )
    }"""
