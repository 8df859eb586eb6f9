"""Where the two documents come from: a file, a URL, or a revision of git, `git:REF[:PATH]`."""

import posixpath
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit

from smartcal_api.changes.git import Git
from smartcal_api.contract.bundle import beside, bundled
from smartcal_api.contract.document import Document
from smartcal_api.contract.overlay import Overlay
from smartcal_api.errors import UsageError

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Input:
    """A document, and what the report calls where it came from."""

    document: Document
    name: str


def read_input(stated: str, path: str, overlays: Sequence[Path] = ()) -> Input:
    """`path` is that of a revision that names none. Raises `UsageError`, and `ContractError` for what can't be read."""
    if stated.startswith("git:"):
        reference, _, inside = stated.removeprefix("git:").partition(":")
        return read_revision(reference, inside or path, overlays=overlays)
    if stated.startswith(("http://", "https://")):
        applied = [Overlay.read(each) for each in overlays]
        document = Document(Path(stated), _fetched(stated), applied, aliases=True)
        return Input(bundled(document, lambda name: _beside(stated, name)), stated)
    path_stated = Path(stated)
    document = Document.read(path_stated, overlays=overlays, aliases=True)
    return Input(bundled(document, beside(path_stated)), stated)


def read_source(stated: str, path: str) -> tuple[str, bytes]:
    """A file name that says where it is from, and the bytes, of a URL or a revision. Raises `UsageError`."""
    if not stated.startswith("git:"):
        return PurePosixPath(urlsplit(stated).path).name or path, _fetched(stated)
    reference, _, inside = stated.removeprefix("git:").partition(":")
    git = Git(Path.cwd())
    commit = git.commit(reference)
    place = PurePosixPath(inside or path)
    return f"{place.stem}@{commit[:7]}{place.suffix}", git.file(commit, str(place))


def read_revision(reference: str, path: str, name: str | None = None, *, overlays: Sequence[Path] = ()) -> Input:
    """A file as a commit has it, with overlays as they are now."""
    git = Git(Path.cwd())
    commit = git.commit(reference)
    source = git.file(commit, path)
    applied = [Overlay.read(each) for each in overlays]
    folder = PurePosixPath(path).parent

    def fetch(name: str) -> Document:
        inside = posixpath.normpath((folder / name).as_posix())
        return Document(Path(inside), git.file(commit, inside), aliases=True)

    document = bundled(Document(Path(path), source, applied, aliases=True), fetch)
    return Input(document, name or f"{reference}:{path} ({commit[:7]})")


def read_base(path: str, overlays: Sequence[Path] = ()) -> Input:
    """The file as it is where the change will be merged into."""
    base = Git(Path.cwd()).base()
    return read_revision(base.commit, path, f"{base.name} ({base.commit[:7]})", overlays=overlays)


def _beside(url: str, name: str) -> Document:
    found = urljoin(url, name)
    return Document(Path(found), _fetched(found), aliases=True)


def _fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  # the scheme was looked at
            found: bytes = answer.read()
            return found
    except (URLError, OSError, ValueError) as error:
        raise UsageError(f"{url} can't be fetched: {getattr(error, 'reason', error)}.") from None
