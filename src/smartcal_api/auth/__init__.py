"""Credentials, the principals that they stand for, and the scopes that these have."""

from smartcal_api.auth.authorization import Authorization
from smartcal_api.auth.identification import Identification, Identity, Presented
from smartcal_api.auth.keys import KeyRecord, Keys, fingerprint, random_key
from smartcal_api.auth.principal import API_KEY, OAUTH, Principal
from smartcal_api.auth.secrecy import SHORTEST, Secrets

__all__ = [
    "API_KEY",
    "OAUTH",
    "SHORTEST",
    "Authorization",
    "Identification",
    "Identity",
    "KeyRecord",
    "Keys",
    "Presented",
    "Principal",
    "Secrets",
    "fingerprint",
    "random_key",
]
