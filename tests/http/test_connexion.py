"""What Connexion isn't asked to validate is valid."""

from connexion.spec import Specification

from smartcal_api.contract import Contract
from smartcal_api.contract.routing_view import routing_view
from smartcal_api.control import describe


def test_connexion_finds_every_view_of_ours_valid(contract: Contract) -> None:
    for description in (contract, describe(contract)):
        view = routing_view(description.data["info"]["title"], description.operations.values())
        assert set(Specification.from_dict(view)["paths"]) == set(view["paths"])
