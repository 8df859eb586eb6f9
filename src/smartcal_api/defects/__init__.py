"""A right server, broken on purpose: seeded defects, and the proof that each is found by the law that it breaks."""

from smartcal_api.defects.table import DEFECTS, find

__all__ = ["DEFECTS", "find"]
