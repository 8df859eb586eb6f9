"""An operation's security requirements, any of them, against any credential."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.auth import API_KEY, OAUTH, Authorization, Identification, Identity, Principal
from smartcal_api.auth.principal import satisfied
from smartcal_api.contract import Contract
from smartcal_api.contract.schemes import BEARER

HEADER = "header x-api-key"

SCOPES = st.frozensets(st.sampled_from(["read", "write", "webhooks", "admin"]))
# What each scheme of the contract takes: the kind of credential, and the header that it comes in.
TAKES = {"bearerKey": (API_KEY, BEARER), "headerKey": (API_KEY, HEADER), "oauth2": (OAUTH, BEARER)}
ALTERNATIVES = st.lists(
    st.builds(lambda scheme, scopes: {scheme: scopes}, st.sampled_from(list(TAKES)), SCOPES), max_size=4
)


@given(ALTERNATIVES, SCOPES, st.sampled_from([(API_KEY, BEARER), (API_KEY, HEADER), (OAUTH, BEARER), (OAUTH, HEADER)]))
def test_scope_1_one_satisfied_alternative_is_enough_and_none_is_403_or_401(
    contract: Contract, alternatives: list[dict[str, frozenset[str]]], granted: frozenset[str], kind: tuple[str, str]
) -> None:
    reach = satisfied(granted, contract.policy.scope_implies)
    method, carrier = kind
    principal = Principal(1, tuple(granted), reach, method, "budget")
    refusal = _authorization(contract, alternatives).refusal(Identity(principal, carrier, None))
    fitting = [scopes for each in alternatives for scheme, scopes in each.items() if TAKES[scheme] == kind]
    if not alternatives or any(scopes <= reach for scopes in fitting):
        assert refusal is None
    elif fitting:
        assert refusal.code == "insufficient_scope"
        fewest = min(len(scopes - reach) for scopes in fitting)
        named = refusal.headers["WWW-Authenticate"].partition('scope="')[2].rstrip('"').split()
        assert frozenset(named) in [scopes - reach for scopes in fitting]
        assert len(named) == fewest
    else:
        assert refusal.code == "invalid_token"


@given(ALTERNATIVES)
def test_auth_1_a_request_without_a_credential_gets_what_identification_found(
    contract: Contract, alternatives: list[dict[str, frozenset[str]]]
) -> None:
    missing = Identification(contract.data).missing()
    refusal = _authorization(contract, alternatives).refusal(Identity(None, None, missing))
    assert refusal is (missing if alternatives else None)


def _authorization(contract: Contract, alternatives: list[dict[str, frozenset[str]]]) -> Authorization:
    operation = replace(contract.operations["listEvents"], alternatives=tuple(alternatives))
    return Authorization(operation, contract.data, Identification(contract.data))


@given(
    st.dictionaries(st.sampled_from("abcde"), st.frozensets(st.sampled_from("abcde"))),
    st.sets(st.sampled_from("abcde")),
)
def test_scope_1_implied_scopes_are_followed_to_their_end(
    implies: dict[str, frozenset[str]], granted: set[str]
) -> None:
    reached = satisfied(granted, implies)
    assert granted <= reached
    assert all(implies.get(scope, frozenset()) <= reached for scope in reached)
    # Nothing beyond: whatever is closed under the implications and has the grant has all of it.
    closed = set(granted)
    for _ in range(5):
        closed |= {implied for scope in closed for implied in implies.get(scope, ())}
    assert reached == closed
