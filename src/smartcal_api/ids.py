"""Identifiers as the contract's `x-ids` states them, each a pure function of (seed, kind, serial)."""

from collections.abc import Mapping
from hashlib import blake2b


class Ids:
    """Mints ids such as `evt_4k2…`; the same seed, kind and serial give the same id on any machine.

    `alphabet`, `length` and `prefixes` (kind → prefix) are the contract's. A serial is a count that only grows,
    kept by whoever mints (the store keeps it beside the data, so that a restored snapshot mints the same ids again).
    """

    def __init__(self, seed: int, *, alphabet: str, length: int, prefixes: Mapping[str, str]) -> None:
        self._key = seed.to_bytes(8, "big", signed=True)
        self._length = length
        self._prefixes = dict(prefixes)
        letters = alphabet.encode("ascii")
        self._letters = bytes(letters[byte % len(letters)] for byte in range(256))

    def mint(self, kind: str, serial: int) -> str:
        digest = blake2b(b"%s:%d" % (kind.encode(), serial), digest_size=self._length, key=self._key).digest()
        return self._prefixes[kind] + digest.translate(self._letters).decode("ascii")
