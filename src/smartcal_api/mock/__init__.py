"""Values made from schemas alone: answers without a handler (SRC 3), documents under an edited contract (SRC 5)."""

from smartcal_api.mock.generator import ValueGenerator
from smartcal_api.mock.repair import Repair, repair
from smartcal_api.mock.unsatisfiable import Unsatisfiable

__all__ = ["Repair", "Unsatisfiable", "ValueGenerator", "repair"]
