"""OAuth 2.0, authorization code with PKCE. `server` and the grants, on top of Authlib, are imported on first use."""

from smartcal_api.auth.oauth.authentication import METHODS, Credentials
from smartcal_api.auth.oauth.authority import OAuth
from smartcal_api.auth.oauth.clients import Client, Clients
from smartcal_api.auth.oauth.redirects import answered, check_redirect_uri, form_action
from smartcal_api.auth.oauth.refusal import Refused
from smartcal_api.auth.oauth.tickets import Ticket

__all__ = [
    "METHODS",
    "Client",
    "Clients",
    "Credentials",
    "OAuth",
    "Refused",
    "Ticket",
    "answered",
    "check_redirect_uri",
    "form_action",
]
