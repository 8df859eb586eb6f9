"""A run of requests as curl lines that reproduce it, with a shell variable where a credential was."""

import json
import shlex
from collections.abc import Iterable, Iterator

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.masking import Masks

_LONGEST = 160


def curl_lines(story: Iterable[Exchange], root: str, masks: Masks) -> Iterator[str]:
    """For each request its line, and below it, as a comment, what was answered."""
    for exchange in story:
        parts = ["curl", "-si"]
        if exchange.method == "HEAD":
            parts = ["curl", "-sI"]
        elif exchange.method != "GET":
            parts += ["-X", exchange.method]
        for name, value in masks.fields(exchange.request_headers):
            parts += ["-H", _quoted(f"{name}: {value}")]
        if exchange.request_body:
            parts += ["-d", _quoted(_shortened(masks.text(exchange.request_body.decode("utf-8", "replace")), 2000))]
        parts.append(_quoted(masks.text(root + exchange.target)))
        yield " ".join(parts)
        yield f"# {answered(exchange, masks)}"


def answered(exchange: Exchange, masks: Masks) -> str:
    """The head of an answer, on one line."""
    body = exchange.body.decode("utf-8", "replace")
    try:
        body = json.dumps(masks.body(json.loads(exchange.body)), ensure_ascii=False)
    except ValueError:
        body = masks.text(body)
    note = f" ({exchange.aside})" if exchange.aside else ""
    return f"{exchange.status}{note} {_shortened(' '.join(body.split()), _LONGEST)}".rstrip()


def _quoted(text: str) -> str:
    """For a shell that is to fill in the variables of credentials."""
    if "$SMARTCAL_" not in text:
        return shlex.quote(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`") + '"'


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
