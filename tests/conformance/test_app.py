"""What an app knows of where it was led."""

import pytest

from smartcal_api.conformance.app import leads_to


@pytest.mark.parametrize(
    ("location", "uri", "there"),
    [
        ("https://a.example/back?code=x", "https://a.example/back", True),
        ("https://a.example/back?from=b&code=x", "https://a.example/back?from=b", True),
        ("https://a.example/back?from=bad&code=x", "https://a.example/back?from=b", False),
        ("https://a.example/backyard?code=x", "https://a.example/back", False),
        ("https://a.example.evil/back?code=x", "https://a.example/back", False),
        ("", "https://a.example/back", False),
    ],
)
def test_a_redirect_keeps_the_query_of_its_uri(location: str, uri: str, there: bool) -> None:
    assert leads_to(location, uri) is there
