"""A right server, broken on purpose: seeded defects, and the proof that each is found by the law that it breaks."""

from smartcal_api.server.lean import lean_imports

# Whatever is imported of this package, a server is built: by a command, or by one of many processes that try defects.
with lean_imports():
    from smartcal_api.defects.table import DEFECTS, chosen, find

__all__ = ["DEFECTS", "chosen", "find"]
