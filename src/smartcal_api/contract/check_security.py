"""The security schemes that the toolkit understands, and the requirements that name them (law SRC 4)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smartcal_api.contract.check_kinds import Choice, Flag, Items, Member, Table, Text
from smartcal_api.contract.check_members import HEADER, NAME
from smartcal_api.contract.check_shape import Shape, Variants

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey

_TYPES = Choice(("http", "apiKey", "oauth2", "openIdConnect", "mutualTLS"))
_WORDS: Mapping[str, Member] = {"type!": Text(), "description": Text(), "deprecated": Flag()}
_FLOW: Mapping[str, Member] = {"refreshUrl": NAME, "scopes!": Table(Text(), open=True)}
_FLOWS = ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization")
KINDS = (
    Shape("http scheme", {**_WORDS, "scheme!": NAME, "bearerFormat": Text()}),
    Shape("apiKey scheme", {**_WORDS, "name!": HEADER, "in!": Choice(("header", "query", "cookie"))}),
    Shape("oauth2 scheme", {**_WORDS, "flows!": "flows", "oauth2MetadataUrl": Text()}),
    Shape("openIdConnect scheme", {**_WORDS, "openIdConnectUrl!": NAME}),
    Shape("mutualTLS scheme", _WORDS),
    Shape("flows", dict(zip(_FLOWS, _FLOWS, strict=True))),
    Shape("implicit", {**_FLOW, "authorizationUrl!": NAME}),
    Shape("password", {**_FLOW, "tokenUrl!": NAME}),
    Shape("clientCredentials", {**_FLOW, "tokenUrl!": NAME}),
    Shape("authorizationCode", {**_FLOW, "authorizationUrl!": NAME, "tokenUrl!": NAME}),
    Shape("deviceAuthorization", {**_FLOW, "deviceAuthorizationUrl!": NAME, "tokenUrl!": NAME}),
)


class UnknownScheme:
    """A scheme whose type isn't one of the five; what else it says can't be judged."""

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, dict):
            survey.find(at, "must be a security scheme: an object with a type")
        elif "$ref" in value:
            survey.find(at, "a reference to a security scheme is not understood by the toolkit: write the scheme out")
        else:
            survey.read(_TYPES, value.get("type"), f"{at}/type")


def _variant(stated: Mapping[str, Any]) -> str | UnknownScheme:
    kind = stated.get("type")
    known = isinstance(kind, str) and kind in _TYPES.values and "$ref" not in stated
    return f"{kind} scheme" if known else UnknownScheme()


SCHEME, REQUIREMENT = Variants(_variant), Table(Items(NAME, unique=True))
"""A requirement names schemes that are wanted at once, none of them where it is empty."""
