"""How hard a secret is to guess, as far as its form tells."""

import math
import re

_ALPHABETS = ((r"[0-9]+", 10), (r"[0-9a-f]+|[0-9A-F]+", 16), (r"[0-9a-z]+|[0-9A-Z]+", 36), (r"[0-9A-Za-z_-]+", 64))
_PRINTABLE = 94


def most_bits(secret: str) -> float:
    """The bits that fit into its length, by the smallest alphabet that it can be of."""
    size = next((size for form, size in _ALPHABETS if re.fullmatch(form, secret)), _PRINTABLE)
    return len(secret) * math.log2(size)
