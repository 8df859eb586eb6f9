"""Media types and ranges of them, as the keys of a `content` have them (RFC 9110 sections 8.3.1 and 12.5.1)."""

from collections.abc import Iterable

# What a range that OpenAPI allows as a key becomes where something has to be sent.
_CONCRETE = {
    "application": "application/json",
    "audio": "audio/mpeg",
    "font": "font/woff2",
    "image": "image/png",
    "multipart": "multipart/mixed",
    "text": "text/plain",
    "video": "video/mp4",
}


def essence(text: str) -> str:
    """Without its parameters, in lower case."""
    return text.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether such a body is JSON, parameters or none (RFC 6839 section 3.1)."""
    return essence(media_type).endswith(("/json", "+json"))


def is_range(media_type: str) -> bool:
    return essence(media_type).endswith("/*")


def key_of(media_type: str, keys: Iterable[str]) -> str | None:
    """The most specific key that a media type falls under."""
    found = {essence(key): key for key in keys}
    sent = essence(media_type)
    return found.get(sent) or found.get(f"{sent.partition('/')[0]}/*") or found.get("*/*")


def concrete(key: str, *, text: bool) -> str:
    """What is sent under a key; `text` says whether no more than a text is."""
    kind = essence(key).partition("/")[0]
    if not is_range(key):
        return key
    if kind == "*":
        return "text/plain" if text else "application/json"
    return _CONCRETE.get(kind, "application/octet-stream")


def acceptable(offers: Iterable[str], accept: str) -> list[str]:
    """Those of the offers that an Accept field takes, the most wanted first, and of equals the first."""
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    wanted = {offer: _quality(offer, ranges) for offer in offers}
    taken = [offer for offer, quality in wanted.items() if quality > 0]
    return sorted(taken, key=lambda offer: -wanted[offer])


def _range(part: str) -> tuple[str, float]:
    name, *parameters = part.split(";")
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name.strip().lower(), quality


def _quality(offer: str, ranges: list[tuple[str, float]]) -> float:
    """That of the most specific range that the offer falls under (RFC 9110 section 12.5.1); 1 without any."""
    found = key_of(offer, [name for name, _ in ranges])
    return dict(ranges)[found] if found is not None else 0.0 if ranges else 1.0
