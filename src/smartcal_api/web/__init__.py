"""What people see of a server: the way in, its pages, and the contract as a file. None of it is of the product."""

from smartcal_api.web.entrance import Entrance, Shown

__all__ = ["Entrance", "Shown"]
