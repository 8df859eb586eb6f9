"""Judges a deployment from outside: laws made executable, which know the contract and a URL, and no server."""
