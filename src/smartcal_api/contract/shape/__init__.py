"""Resources that operations are about, recognised by their shape alone: a list and an item path over one schema."""

from smartcal_api.contract.shape.faults import faults
from smartcal_api.contract.shape.recognition import Shapes, recognise
from smartcal_api.contract.shape.resource import Action, Moment, Resource, Role, Use, within

__all__ = ["Action", "Moment", "Resource", "Role", "Shapes", "Use", "faults", "recognise", "within"]
