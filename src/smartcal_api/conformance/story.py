"""A run of requests as curl lines that reproduce it, with a shell variable where a credential was."""

import json
import shlex
from collections.abc import Iterable, Iterator

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.masking import Masks

_LONGEST = 400
_FIELDS = 20
_URL, _HEADER, _BODY = 500, 300, 1000
"""Characters of each that are told: what is longer was long on purpose, and its length tells it."""


def curl_lines(story: Iterable[Exchange], root: str, masks: Masks) -> Iterator[str]:
    """For each request its line, and below it, as a comment, what was answered."""
    for exchange in story:
        parts = ["curl", "-si"]
        if exchange.method == "HEAD":
            parts = ["curl", "-sI"]
        elif exchange.method != "GET":
            parts += ["-X", exchange.method]
        fields = masks.fields(exchange.request_headers)
        for name, value in fields[:_FIELDS]:
            parts += ["-H", _quoted(f"{name}: {_shortened(value, _HEADER)}")]
        if exchange.request_body:
            parts += ["-d", _quoted(_shortened(masks.text(exchange.request_body.decode("utf-8", "replace")), _BODY))]
        parts.append(_quoted(_shortened(masks.text(root + exchange.target), _URL)))
        yield " ".join(parts) + (f"  # and {len(fields) - _FIELDS} more headers" if len(fields) > _FIELDS else "")
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
    return text if len(text) <= most else f"{text[: most // 2]}… ({len(text)} characters)"
