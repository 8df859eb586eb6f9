"""Where a value is being made: what its randomness, its name hint and its error messages derive from."""

from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random


def escape(token: str) -> str:
    """One token of a JSON pointer (RFC 6901 section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Place:
    """One value to be made.

    `key` is a digest chained over seed, salt and the instance pointer so far, so siblings draw independently and adding
    a property changes no other. `where` is the place in the schema, `refs` the references entered on the way to it.
    """

    key: bytes
    parent: bytes
    name: str
    where: str = ""
    refs: tuple[str, ...] = ()
    turn: int = 0

    @classmethod
    def root(cls, seed: int, salt: str, name: str) -> "Place":
        key = blake2b(f"{seed}\0{salt}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return cls(key, key, name)

    def member(self, name: str) -> "Place":
        return self._child(escape(name), name, f"/properties/{escape(name)}")

    def item(self, index: int, name: str) -> "Place":
        return self._child(str(index), name, "/items")

    def again(self, turn: int) -> "Place":
        """The same place in a further attempt: other randomness, the same parent."""
        return replace(self, key=self._derive(f"?{turn}"), turn=turn) if turn else self

    def behind(self, refs: tuple[str, ...]) -> "Place":
        """The same place after these references were followed."""
        return replace(self, where=refs[0], refs=self.refs + refs) if refs else self

    def random(self) -> Random:
        return Random(int.from_bytes(self.key))

    def _child(self, token: str, name: str, where: str) -> "Place":
        return Place(self._derive("/" + token), self.key, name, self.where + where, self.refs)

    def _derive(self, token: str) -> bytes:
        return blake2b(token.encode("utf-8", "surrogatepass"), key=self.key, digest_size=16).digest()
