"""What the OWASP API Security Top 10 (2023) asks of a description: a set of rules of its own, off by default."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.document import escape
from smartcal_api.contract.media_type import is_json
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.members import Members, types_of

_FIXED = ("date", "date-time", "time", "duration", "uuid", "ipv4", "ipv6")
"""Formats of which no value is long."""
_UNSAFE = ("post", "put", "patch", "delete")


def owasp(index: Index) -> Iterator[Found]:
    yield from _unbounded(index)
    for at, operation in index.all("operation"):
        if at.startswith("/paths/"):
            yield from _answers(index, at, operation)
    for at, scheme in index.all("security scheme"):
        if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
            said = "puts a secret into URLs, which logs and histories keep; take a header"
            yield Found("owasp/secret-in-url", f"{at}/in", said)
        if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic":
            said = "sends a password with each request; take bearer tokens or OAuth"
            yield Found("owasp/basic", f"{at}/scheme", said)
    for at, server in index.all("server"):
        url = str(server.get("url"))
        if url.startswith("http://") and not url.startswith(("http://localhost", "http://127.0.0.1", "http://[::1]")):
            yield Found("owasp/plain-http", f"{at}/url", f"{url} is not encrypted; write https")


def _answers(index: Index, at: str, operation: dict[str, Any]) -> Iterator[Found]:
    stated = operation.get("responses")
    statuses = stated if isinstance(stated, dict) else {}
    demanded = operation.get("security", index.data.get("security")) or []
    guarded = bool(demanded) and {} not in demanded
    if not guarded and at.rpartition("/")[2] in _UNSAFE:
        yield Found("owasp/unguarded", at, "changes something, and anybody may call it; give it a security")
    scoped = any(scopes for each in demanded if isinstance(each, dict) for scopes in each.values())
    wanted = {"401": guarded, "403": guarded and scoped, "429": True}
    for status, due in wanted.items():
        if due and not {status, "4XX", "default"} & statuses.keys():
            said = f"has no answer {status}; describe it, so that clients know what to do then"
            yield Found(f"owasp/missing-{status}", f"{at}/responses" if statuses else at, said)
    for status, each in statuses.items():
        response, where = index.follow(each, f"{at}/responses/{escape(status)}")
        if status[0] not in "45" or not isinstance(response, dict):
            continue
        content = response.get("content")
        if not content:
            yield Found("owasp/problem", where, "is an error without a body; give it one of application/problem+json")
        elif isinstance(content, dict) and not any(is_json(name) for name in content):
            yield Found(
                "owasp/problem", where, "is an error that isn't JSON; give it a body of application/problem+json"
            )


def _unbounded(index: Index) -> Iterator[Found]:
    """Strings and arrays that clients send, as long as they like."""
    members = Members(index)
    for at in _sent(index):
        schema = index.nodes[at][1]
        if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
            continue
        types = types_of(schema)
        if "string" in types and "maxLength" not in schema and schema.get("format") not in _FIXED:
            said = f"{members.name(at) or 'it'} may be a text of any length; give it a maxLength"
            yield Found("owasp/unbounded-string", at, said)
        if "array" in types and "maxItems" not in schema:
            said = f"{members.name(at) or 'it'} may have any number of items; give it maxItems"
            yield Found("owasp/unbounded-array", at, said)


def _sent(index: Index) -> Iterator[str]:
    """The pointers to all schemas that parameters and bodies of requests are made of."""
    pending: list[str] = []
    for kind in ("parameter", "request body"):
        for at, _ in index.all(kind):
            if not at.startswith("/webhooks/"):
                pending += [each for each in index.nodes if each.startswith(f"{at}/")]
    seen: set[str] = set()
    while pending:
        at = pending.pop()
        if at in seen or at not in index.nodes:
            continue
        seen.add(at)
        kind, value = index.nodes[at]
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            target = index.follow(value, at)[1]
            pending += [target, *(each for each in index.nodes if each.startswith(f"{target}/"))]
        if kind == "schema":
            yield at
