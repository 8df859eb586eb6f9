"""Locations as the contract tags them: an address, a phone number, a meeting to join online."""

from random import Random
from typing import Any

PROVIDERS = ("google_meet", "smartcal", "teams", "zoom")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def physical(address: str) -> dict[str, Any]:
    return {"type": "physical", "address": address}


def phone(number: str) -> dict[str, Any]:
    return {"type": "phone", "number": number}


def video(rng: Random, provider: str) -> dict[str, Any]:
    """A room of its own, `https://zoom.example.com/kdw-qmvu-xza`, on a domain reserved for examples."""
    letters = "".join(rng.choices(_LETTERS, k=10))
    host = provider.replace("_", "-")
    url = f"https://{host}.example.com/{letters[:3]}-{letters[3:7]}-{letters[7:]}"
    return {"type": "video", "url": url, "provider": provider}
