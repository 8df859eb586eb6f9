"""What a resource is called: as its schema is, else as its path says."""

from collections.abc import Iterator
from itertools import count

from smartcal_api.contract.shape import words

_COMPONENTS = "/components/schemas/"


def schema_named(pointer: str) -> str | None:
    """The name of a component schema; None for one that is stated on the spot."""
    name = pointer.removeprefix(_COMPONENTS)
    return name if pointer.startswith(_COMPONENTS) and "/" not in name else None


def called(path: str, number: int) -> str:
    """A name made of the last words of a path that are no parameters, such as `ApiKey` of `/v1/api-keys`."""
    literal = [each for each in path.split("/") if each and not each.startswith("{")][-number:]
    said = [word for each in literal for word in words.words(each)]
    if said:
        said[-1] = words.singular(said[-1])
    return "".join(word.capitalize() for word in said) or "Item"


def others(name: str, path: str) -> Iterator[str]:
    """Names for one that is called as another one is, without end."""
    yield from (called(path, number) for number in range(1, path.count("/") + 1))
    yield from (f"{name}{number}" for number in count(2))
