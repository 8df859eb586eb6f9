"""What is planted in the deployments: its name there, what it breaks, and the laws of which one has to see it."""

from typing import NamedTuple

QUICK, FULL = "quick", "full"


class Bug(NamedTuple):
    """`laws` are ids of laws or families; `profile` the least that has to find it."""

    deployment: str
    name: str
    says: str
    laws: tuple[str, ...]
    profile: str = QUICK


def _node(name: str, says: str, *laws: str, profile: str = QUICK) -> Bug:
    return Bug("node", name, says, laws, profile)


def _stdlib(name: str, says: str, *laws: str, profile: str = QUICK) -> Bug:
    return Bug("stdlib", name, says, laws, profile)


BUGS = (
    _node("key-by-its-beginning", "The first twelve characters of a key are enough.", "AUTH 1"),
    _node("key-in-any-case", "A key is taken in upper case or lower case.", "AUTH 1"),
    _node("pages-of-anybody", "Booking pages are read with a key of another account.", "AUTH 4"),
    _node("anybody-deletes-a-webhook", "A webhook is deleted with a key of another account.", "AUTH 4"),
    _node("head-asks-for-no-scope", "HEAD is answered whatever the scopes of the key.", "SCOPE"),
    _node("tokens-may-do-everything", "Access tokens are taken for whatever operation.", "SCOPE", "OAUTH"),
    _node("account-asks-for-no-scope", "The account is told to any key.", "SCOPE 1"),
    _node("status-after-paging", "Bookings are filtered by status after the page was cut.", "FILT", "PAGE"),
    _node("per-page-counts-on-the-first-page", "From the second page on, per_page is forgotten.", "PAGE 1"),
    _node("row-lost-between-pages", "A row is lost at the end of each page.", "PAGE 1"),
    _node("start-before-alone-counts", "start_after is forgotten where start_before is given.", "FILT"),
    _node("upcoming-by-local-time", "upcoming is off by the offset of the server's zone.", "FILT"),
    _node("no-limit", "Nothing is ever refused.", "RATE"),
    _node("bucket-without-burst", "More than twenty requests at once are refused.", "RATE"),
    _node("budget-for-each-endpoint", "Each path has a budget of its own.", "RATE 4"),
    _node("tokens-without-limit", "Access tokens may ask as often as they like.", "RATE"),
    _node(
        "cancellation-undone-after-3-s",
        "A cancelled booking is confirmed again after three seconds.",
        "BOOK",
        profile=FULL,
    ),
    _node("another-key-cancels-again", "What one key has cancelled, another cancels again.", "BOOK"),
    _node("reason-read-as-latin-1", "The reason is decoded as ISO 8859-1.", "BOOK 1"),
    _node("cancel-without-body-fails", "A cancellation without a body is a 500.", "BOOK", "ERR"),
    _node("deleted-webhook-is-told", "Deliveries go on after a webhook was deleted.", "DELV", "HOOK"),
    _node("first-type-alone-is-told", "Of the types of a subscription only the first is told.", "HOOK 2"),
    _node("told-by-put", "Deliveries come by PUT.", "HOOK", "SIGN"),
    _node("signed-as-ascii", "The signature is that of the body with escapes for what isn't ASCII.", "SIGN"),
    _node("retries-signed-anew-without-body", "A retry has the signature of an empty body.", "SIGN", "DELV"),
    _node("no-secret-needed", "A client that leaves its secret out gets tokens.", "OAUTH 8"),
    _node("secret-by-its-beginning", "The first eight characters of a client's secret are enough.", "OAUTH 8"),
    _node("code-of-any-client", "A code is taken from another client than it was given to.", "OAUTH 8"),
    _node("code-works-for-a-second", "A code is taken again within a second.", "OAUTH 9"),
    _node("challenge-is-its-own-verifier", "The challenge itself is taken for its verifier.", "OAUTH 10"),
    _node("redirect-uri-in-any-case", "A redirect URI is compared without regard to case.", "OAUTH 2"),
    _node("plus-in-state-is-a-plus", "A plus sign in the state comes back as a blank.", "OAUTH 4"),
    _node("error-loses-the-state", "An error that goes back to the app has no state.", "OAUTH 3", "OAUTH 4"),
    _node("basic-is-refused", "A client can't authenticate by HTTP Basic.", "OAUTH"),
    _node("head-finds-everything", "HEAD of something that isn't there is 200.", "HEADERS 2", "ERR 3"),
    _node("405-without-allow", "A 405 doesn't say what is allowed.", "ERR 4"),
    _stdlib("wrong-header-key-is-taken", "In its own header any key is taken.", "AUTH"),
    _stdlib("longer-token-is-taken", "An access token with more behind it is taken.", "AUTH 1", "OAUTH"),
    _stdlib("401-without-challenge", "A 401 has no WWW-Authenticate.", "AUTH 1"),
    _stdlib("foreign-events-by-header-key", "In its own header, a key reads events of another account.", "AUTH 4"),
    _stdlib("foreign-cancel-is-refused-and-done", "Cancelling a foreign booking is refused, and done.", "AUTH 4"),
    _stdlib("foreign-delete-is-refused-and-done", "Deleting a foreign webhook is refused, and done.", "AUTH 4"),
    _stdlib("second-page-shows-others", "The second page of bookings has one of another account.", "AUTH", "PAGE"),
    _stdlib("webhooks-of-everybody-listed", "The webhooks of all accounts are listed.", "AUTH", "HOOK"),
    _stdlib("cancel-without-body-asks-for-no-scope", "A cancellation without a body asks for no scope.", "SCOPE"),
    _stdlib("refused-for-its-scope-and-done", "A cancellation is refused for its scope, and done.", "SCOPE"),
    _stdlib("write-makes-webhooks", "The scope write is enough for webhooks.", "SCOPE 1"),
    _stdlib("page-4-is-page-3", "The fourth page is the third once more.", "PAGE 1"),
    _stdlib("equals-in-any-order", "What starts at the same time is listed in another order each time.", "PAGE"),
    _stdlib("source-forgotten-beside-status", "The filter source is forgotten beside status.", "FILT"),
    _stdlib("upcoming-forgotten-beside-status", "The filter upcoming is forgotten beside status.", "FILT"),
    _stdlib("start-before-by-day", "start_before compares days.", "FILT"),
    _stdlib("limit-header-missing-on-404", "A 404 lacks X-RateLimit-Limit.", "RATE 5"),
    _stdlib("remaining-never-falls", "X-RateLimit-Remaining is 99, whatever was asked.", "RATE 2"),
    _stdlib("head-is-free", "HEAD counts for nothing.", "RATE"),
    _stdlib("over-the-limit-is-503", "Beyond the limit a request is 503.", "RATE"),
    _stdlib("lists-lag-by-8-s", "For eight seconds lists show what was cancelled as it was.", "BOOK", profile=FULL),
    _stdlib(
        "long-reason-is-lost", "With a reason beyond 300 characters nothing is cancelled, though it is 200.", "BOOK"
    ),
    _stdlib("reason-as-html", "In the reason, markup is escaped.", "BOOK 1"),
    _stdlib("reason-is-normalised", "The reason is brought into Unicode's form NFC.", "BOOK 1"),
    _stdlib("reason-beyond-the-plane-fails", "A reason with an emoji is a 500.", "BOOK 1", "ERR"),
    _stdlib("neighbour-is-cancelled-too", "With a booking the next one is cancelled, too.", "BOOK", "STATE"),
    _stdlib("get-cancels", "GET cancels a booking.", "ERR 4", "BOOK"),
    _stdlib("webhook-gone-after-3-s", "A webhook is gone after three seconds.", "HOOK", profile=FULL),
    _stdlib("http-webhook-is-taken", "A webhook may be one of plain http.", "HOOK 3"),
    _stdlib("first-delivery-alone", "A subscription is told of the first event and of none after it.", "HOOK", "DELV"),
    _stdlib("signature-in-capitals", "The signature is in upper case.", "SIGN 1"),
    _stdlib("signature-in-base64", "The signature is in base64.", "SIGN 1"),
    _stdlib("refresh-by-any-client", "A refresh token is taken from another client.", "OAUTH"),
    _stdlib("token-has-every-scope", "A token may do more than was asked for.", "SCOPE", "OAUTH"),
    _stdlib("verifier-may-be-left-out", "The verifier of a challenge may be left out.", "OAUTH 10"),
    _stdlib("secret-unchecked-in-basic", "By HTTP Basic any secret is taken.", "OAUTH 8"),
    _stdlib("query-of-redirect-uri-is-free", "The query of a redirect URI may be any.", "OAUTH 2"),
    _stdlib("refused-client-without-challenge", "A client refused by HTTP Basic gets no challenge.", "OAUTH"),
)
