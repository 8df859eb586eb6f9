"""Law AUTH 4: somebody else's id and a missing id give the same answer. Two accounts share nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.ids import Ids
from tests.api.calls import BEARER, call, credential, dump, lists, owned, path_of, product
from tests.wire import Reply, World, open_world


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def test_auth_4_the_answer_to_somebody_elses_id_is_that_to_a_missing_one(contract: Contract) -> None:
    operations = [each for each in product(contract) if "{" in each.path]
    assert len(operations) == 5
    for operation in operations:
        for owner, other in ((1, 2), (2, 1)):
            answers, ids, worlds = [], [], (open_world(contract), open_world(contract))
            for world, missing in zip(worlds, (False, True), strict=True):
                foreign = path_of(world, operation, other).removeprefix(operation.path.partition("{")[0])
                foreign = foreign.partition("/")[0]
                ids.append(foreign[:4] + "0" * (len(foreign) - 4) if missing else foreign)
                before = dump(world.sandbox)
                headers = credential(BEARER, world.key("admin", owner=owner))
                answers.append(call(world, operation, headers, identifier=ids[-1]))
                assert dump(world.sandbox) == before, operation.id
            elsewhere, nowhere = (_but(reply, identifier) for reply, identifier in zip(answers, ids, strict=True))
            assert answers[0].status == 404
            assert elsewhere == nowhere, operation.id
            # The same id does name something to its owner.
            mine = credential(BEARER, worlds[0].key("admin", owner=other))
            assert call(worlds[0], operation, mine, identifier=ids[0]).status == operation.success


def _but(reply: Reply, identifier: str) -> tuple[object, ...]:
    """The answer without the id that was asked for, which it repeats."""
    return reply.status, reply.headers, reply.body.replace(identifier.encode(), b"ID")


ANY_ID = st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=300).filter(
    lambda text: text.strip(".") != ""
)


@given(ANY_ID)
def test_auth_4_an_id_that_names_nothing_is_404_well_formed_or_not(reading: World, identifier: str) -> None:
    for operation in product(reading.contract):
        if "{" in operation.path:
            path = path_of(reading, operation, identifier="ID").replace("ID", _quoted(identifier))
            reply = reading.request(operation.method, path, key=reading.key("admin"))
            assert (reply.status, reply.code) == (404, "not_found"), operation.id


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


@given(st.sampled_from(["event", "booking", "booking_page", "webhook"]), st.integers(0, 2**50))
def test_auth_4_an_id_of_another_seed_is_404(reading: World, kind: str, serial: int) -> None:
    stated = reading.contract.policy.ids
    ids = Ids(12345, alphabet=stated["alphabet"], length=stated["length"], prefixes=stated["prefixes"])
    for operation in product(reading.contract):
        if f"{{{kind}_id}}" in operation.path:
            headers = credential(BEARER, reading.key("admin"))
            assert call(reading, operation, headers, identifier=ids.mint(kind, serial)).status == 404


def test_auth_4_each_account_lists_exactly_what_it_owns(world: World) -> None:
    for operation in lists(world.contract):
        seen: list[set[str]] = []
        for owner in (1, 2):
            path_of(world, world.contract.operations["deleteWebhook"], owner)  # each has a subscription
            reply = world.get(operation.path, key=world.key("admin", owner=owner), query="per_page=100")
            assert reply.json["pagination"]["total"] == len(owned(world, operation.listing.collection, owner)) > 0
            seen.append({each["id"] for each in reply.json["data"]})
        assert not seen[0] & seen[1], operation.id


def test_auth_4_me_is_the_account_of_the_credential(world: World) -> None:
    first, second = (world.get("/api/v1/me", key=world.key("read", owner=owner)).json for owner in (1, 2))
    assert first["id"] != second["id"]
    assert first["email"] != second["email"]
    for account in (first, second):
        assert account["scopes"] == ["read"]
