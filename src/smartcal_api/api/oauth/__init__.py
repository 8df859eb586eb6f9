"""The OAuth endpoints: what they read, what they refuse, and how they say so."""

from smartcal_api.api.oauth.authorize import Authorize, Decide
from smartcal_api.api.oauth.metadata import describer
from smartcal_api.api.oauth.token import IssueToken, RevokeToken

__all__ = ["Authorize", "Decide", "IssueToken", "RevokeToken", "describer"]
