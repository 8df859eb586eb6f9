"""Operations without a handler of their own that are about a resource, served with its state (law SRC 3)."""

from smartcal_api.api.shaped.serving import shaped
from smartcal_api.api.shaped.unused import seedless, unused

__all__ = ["seedless", "shaped", "unused"]
