"""The security schemes that the toolkit understands, and the requirements that name them (law SRC 4)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smartcal_api.contract.check_kinds import Choice, Items, Table, Text
from smartcal_api.contract.check_members import HEADER, NAME
from smartcal_api.contract.check_shape import Shape, Variants

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey

_HEADER_ONLY = dict.fromkeys(("query", "cookie"), "a key is read from a header only")
_CODE_ONLY = dict.fromkeys(("implicit", "password", "clientCredentials"), "only authorizationCode is; leave it out")
_TYPES = Choice(
    ("http", "apiKey", "oauth2"),
    {
        "mutualTLS": "use http bearer, apiKey in a header, or oauth2",
        "openIdConnect": "use oauth2 with the authorizationCode flow",
    },
)
KINDS = (
    Shape(
        "http scheme",
        {
            "type!": Text(),
            "scheme!": Choice(("bearer",), {"basic": "use bearer", "digest": "use bearer"}, caseless=True),
            "bearerFormat": Text(),
            "description": Text(),
        },
    ),
    Shape(
        "apiKey scheme",
        {"type!": Text(), "name!": HEADER, "in!": Choice(("header",), _HEADER_ONLY), "description": Text()},
    ),
    Shape("oauth2 scheme", {"type!": Text(), "flows!": "flows", "description": Text()}),
    Shape("flows", {"authorizationCode!": "flow"}, _CODE_ONLY),
    Shape("flow", {"authorizationUrl!": NAME, "tokenUrl!": NAME, "refreshUrl": NAME, "scopes!": Table(Text())}),
)


class UnknownScheme:
    """A scheme whose type isn't one of the three; what else it says can't be judged."""

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, dict):
            survey.find(at, "must be a security scheme: an object with a type")
        elif "$ref" in value:
            survey.find(at, "a reference to a security scheme is not understood by the toolkit: write the scheme out")
        else:
            survey.read(_TYPES, value.get("type"), f"{at}/type")


class Requirement:
    """One scheme and the scopes that it must have; the list that requirements are in is a choice between them."""

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        survey.read(Table(Items(NAME, unique=True)), value, at)
        if not isinstance(value, dict) or len(value) == 1:
            return
        if value:
            names = " and ".join(value)
            survey.find(
                at, f"asks for {names} at once, which the toolkit doesn't understand: make it one scheme an item"
            )
        else:
            survey.find(
                at, "is an optional credential, which the toolkit doesn't understand: name a scheme, or write []"
            )


def _variant(stated: Mapping[str, Any]) -> str | UnknownScheme:
    kind = stated.get("type")
    known = isinstance(kind, str) and kind in _TYPES.values and "$ref" not in stated
    return f"{kind} scheme" if known else UnknownScheme()


SCHEME, REQUIREMENT = Variants(_variant), Requirement()
