"""Secrets that were issued, and the search for them where none may stand (law AUTH 3)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_plus

WEBHOOK_SECRET = "a webhook secret"
# Of what a test makes up, "x" and "mine" stand everywhere by chance; what is random has far more different letters.
_TELLING = 7


class Issued:
    """Secrets, each with what it is."""

    def __init__(self) -> None:
        self._secrets: dict[bytes, str] = {}

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def note(self, what: str, secret: str | bytes) -> None:
        forms = {secret, secret.hex().encode()} if isinstance(secret, bytes) else _written(secret)
        self._secrets |= {form: what for form in forms if len(set(form)) >= _TELLING}

    def forget(self) -> None:
        self._secrets.clear()

    def found(self, place: str, content: bytes, *, but: str | None = None) -> Iterator[str]:
        """Each secret in the content, with what stands around it; what is of the kind `but` may stand there."""
        # Other threads of the test may still be issuing some.
        for secret, what in list(self._secrets.items()):
            if what != but and secret in content:
                at = content.index(secret)
                yield f"{place} has {what} in clear: {content[max(0, at - 80) : at + len(secret) + 40]!r}"


def bytes_of(database: Path) -> bytes:
    """All that is in its files."""
    content = b""
    for path in _files(database):
        with suppress(FileNotFoundError):
            content += path.read_bytes()
    return content


def state_of(database: Path) -> tuple[int, ...]:
    """Another one whenever its files have changed."""
    state: tuple[int, ...] = ()
    for path in _files(database):
        with suppress(FileNotFoundError):
            status = path.stat()
            state += (status.st_mtime_ns, status.st_size)
    return state


def _files(database: Path) -> list[Path]:
    """A database in a file, and what SQLite keeps beside it."""
    return [database, *(Path(f"{database}{suffix}") for suffix in ("-wal", "-journal"))]


def _written(secret: str) -> set[bytes]:
    """As it is, and as it would stand in a URL."""
    return {secret.encode(), quote_plus(secret).encode()}
