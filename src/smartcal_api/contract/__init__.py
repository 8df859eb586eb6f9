"""Reads contracts; knows no server."""

from smartcal_api.contract.contract import Contract, shipped
from smartcal_api.contract.description import Description
from smartcal_api.contract.document import Document
from smartcal_api.contract.filters import Clause, Filter
from smartcal_api.contract.operation import Listing, Operation, Response
from smartcal_api.contract.parameter import Parameter
from smartcal_api.contract.policy import Policy, RateLimit
from smartcal_api.contract.schemas import Schemas

__all__ = [
    "Clause",
    "Contract",
    "Description",
    "Document",
    "Filter",
    "Listing",
    "Operation",
    "Parameter",
    "Policy",
    "RateLimit",
    "Response",
    "Schemas",
    "shipped",
]
