"""Why OAuth refuses, in the words of RFC 6749."""

import re

from smartcal_api.errors import SmartCalError, shortened

# RFC 6749 sections 4.1.2.1 and 5.2: what a description may consist of.
_OTHER = re.compile(r"[^ !#-\[\]-~]")


class Refused(SmartCalError):
    """`error` is a code of RFC 6749; `description` says which rule was broken and how to mend the request."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = plain(description)
        self.status = status


def plain(text: str) -> str:
    """The text in the characters that a description may have; what it quotes can't smuggle in anything else."""
    return _OTHER.sub("?", shortened(text, 500).replace("…", "..."))
