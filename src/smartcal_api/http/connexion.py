"""Connexion as we use it: it routes by a view of the contract, which it is given as it is."""

from typing import Any

from connexion.middleware import ConnexionMiddleware
from connexion.middleware.main import API
from connexion.spec import OpenAPISpecification


class Connexion(ConnexionMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """Takes a `routing_view` without validating it.

    The view is right by construction, which a test has Connexion's validator confirm; to validate it with Draft 4 at
    each start and reload takes longer than all else that these build.
    """

    def add_view(self, view: dict[str, Any]) -> None:
        self.apis.append(API(_View(view), base_path="", **self.options.__dict__))


class _View(OpenAPISpecification):  # type: ignore[misc]  # Connexion is not typed
    @classmethod
    def _validate_spec(cls, spec: dict[str, Any]) -> None:
        """Nothing: see `Connexion`."""
