"""Resources that stand alone: booking pages, subscriptions, accounts, and whatever else a contract has."""

from smartcal_api.contract import Contract
from smartcal_api.sandbox.staging.bookings import BOOKING, PAGE
from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.completion import SECRET, Completion, Given
from smartcal_api.sandbox.staging.drafts import Drafts
from smartcal_api.sandbox.staging.refusal import Conflicting, unfit
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.sandbox.subscriptions import url_fault
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.signing import fresh_secret

ACCOUNT = "Account"
_LONGEST_SECRET = 255


class Resources:
    """Nothing is told of changes to these: the contract has no event types for them."""

    def __init__(self, contract: Contract, completion: Completion, drafts: Drafts, receivers: Receivers) -> None:
        self._completion = completion
        self._receivers = receivers
        self._secret_prefix = contract.policy.secrets["webhook_secret"]
        self._secret_key = contract.policy.webhook_signature.key
        self._drafts = {PAGE: drafts.page, WEBHOOK: drafts.webhook, ACCOUNT: drafts.account}

    def put(
        self, change: Change, collection: str, identifier: str | None, former: Document | None, given: Given
    ) -> tuple[str, Document, str | None]:
        """The id, the resource and, where it is new or was given, the secret that signs a subscription's deliveries."""
        members = set(self._completion.members(collection))
        given, secret = _without_secret(given) if collection == WEBHOOK and SECRET not in members else (given, None)
        whole = dict(former) if former is not None else self._draft(change, collection)
        if former is not None and "updated_at" in members:
            whole["updated_at"] = change.at
        document = self._completion.laid_over(collection, whole, given)
        self._completion.check(collection, document)
        self._check(change, collection, document, new=former is None)
        known_by = (
            identifier
            if identifier is not None
            else str(document.get(self._completion.identity(collection), change.salt))
        )
        if former is None:
            change.free(collection, known_by)
        change.put(collection, document, identifier=known_by)
        if collection != WEBHOOK or (former is not None and secret is None):
            return known_by, document, None
        secret = secret or fresh_secret(self._secret_prefix, self._secret_key)
        change.store.query("INSERT OR REPLACE INTO webhook_secrets VALUES (?, ?)", (known_by, secret))
        change.sandbox.secrets.keep(secret, change.store)
        return known_by, document, secret

    def delete(self, change: Change, collection: str, identifier: str) -> None:
        """Raises `Conflicting` where others refer to it."""
        if collection == ACCOUNT:
            raise Conflicting(
                "An account lives as long as its sandbox, whose credentials stand for it. Put it instead."
            )
        if collection == PAGE:
            booking = change.select(BOOKING, "{booking_page_id} = ?", identifier)
            if booking is not None:
                raise Conflicting(f"The booking {booking['id']} was made on this page. Delete its bookings first.")
        change.delete(collection, identifier)

    def _draft(self, change: Change, collection: str) -> Document:
        draft = self._drafts.get(collection)
        if draft is None:
            return self._completion.invented(collection, salt=f"{collection} {change.salt}")
        return self._completion.drafted(collection, draft(change), salt=change.salt)

    def _check(self, change: Change, collection: str, document: Document, *, new: bool) -> None:
        if collection == WEBHOOK:
            fault = url_fault(document["url"], self._receivers)
            if fault is not None:
                raise unfit("/url", fault)
        elif collection == ACCOUNT and new:
            there = change.select(ACCOUNT, "1")
            if there is not None:
                raise Conflicting(f"This account is there already; put it under its id, {there['id']}.")


def _without_secret(given: Given) -> tuple[Given, str | None]:
    secret = given.get(SECRET)
    if SECRET in given and not (isinstance(secret, str) and 1 <= len(secret) <= _LONGEST_SECRET):
        raise unfit(f"/{SECRET}", f"is not a text of 1 to {_LONGEST_SECRET} characters; leave it out for a random one.")
    return {name: value for name, value in given.items() if name != SECRET}, secret
