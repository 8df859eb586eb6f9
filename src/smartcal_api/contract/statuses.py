"""Which statuses the keys of Responses Objects stand for: one each, a range of them, or what has no other."""

from collections.abc import Collection, Iterable

_SUCCESS = 200


def answered(keys: Iterable[str], statuses: Collection[int]) -> dict[int, str]:
    """Status → its key, in order; of a range and of `default` those that any operation may be answered with.

    A success is one of what they stand for, where no other key has one (OpenAPI 3.1, Responses Object).
    """
    stated = [key for key in keys if not key.startswith("x-")]
    # What is sent before the answer itself is nothing that can be served.
    found = {int(key): key for key in stated if key.isdigit() and int(key) >= _SUCCESS}
    ranges = {int(key[0]): key for key in stated if key.endswith("XX")}
    possible = {*statuses, *(100 * digit for digit in ranges if digit > 1)}
    if "default" in stated and not any(status // 100 == _SUCCESS // 100 for status in (*found, *possible)):
        possible.add(_SUCCESS)
    for status in sorted(possible - found.keys()):
        key = ranges.get(status // 100) or ("default" if "default" in stated else None)
        if key is not None:
            found[status] = key
    return dict(sorted(found.items()))
