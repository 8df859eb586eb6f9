"""Two tables: what the product document says and the laws that ask it; each half of a law's sentence and what breaks
that half alone. `test_audits.py` holds them to the laws and to what is planted."""

PRODUCT: tuple[tuple[str, str, str], ...] = (
    ("Quick Start", "the two lists and a cancellation, by a key as Bearer", "PAGE 1, BOOK 1"),
    ("Authentication", "two ways to come in", "AUTH 2, OAUTH 9"),
    ("API Keys", "a key as Bearer", "AUTH 1, AUTH 2"),
    ("API Keys", "or in X-API-Key", "AUTH 2"),
    ("OAuth 2.0", "the authorization code flow with PKCE", "OAUTH 9, OAUTH 10"),
    ("API Endpoints", "all below one base URL", "AUTH 1"),
    ("Events", "a list with filters", "FILT 1, FILT 2, FILT 5"),
    ("Events", "a single one", "STATE 1, ERR 3"),
    ("Events", "page and per_page", "PAGE 1, FILT 3"),
    ("Booking Pages", "your own, a list and a single one", "AUTH 4, AUTH 6, PAGE 1"),
    ("Bookings", "a list with filters", "FILT 1, FILT 2"),
    ("Bookings", "upcoming=true", "FILT 1, FILT 5"),
    ("Bookings", "a single one", "STATE 1, ERR 3"),
    ("Bookings", "is cancelled, with a reason", "BOOK 1, BOOK 2, BOOK 3, BOOK 5"),
    ("Webhooks", "your own, a list", "AUTH 4, HOOK 1"),
    ("Webhooks", "are made", "HOOK 1, HOOK 5"),
    ("Webhooks", "and deleted", "HOOK 1, DELV 9"),
    ("Account", "your own", "AUTH 6, SCOPE 3"),
    ("Webhook Events", "who subscribes gets POST in real time", "HOOK 2"),
    ("Webhook Events", "by https", "HOOK 3"),
    ("Available Event Types", "seven of them, each told to who names it", "HOOK 2, HOOK 4"),
    ("Verifying Webhook Signatures", "on every delivery, by HMAC-SHA256 of its body in hex", "SIGN 1"),
    ("1. Redirect user to authorize", "client, redirect URI, scope and state", "OAUTH 1, OAUTH 2, OAUTH 4, OAUTH 12"),
    ("2. Exchange code for tokens", "a form with code, client, secret and redirect URI", "OAUTH 7, OAUTH 8, OAUTH 9"),
    ("3. Use the access token", "as Bearer, like a key", "OAUTH 12, SCOPE 1"),
    ("Scopes", "read, write and webhooks, each for its own", "SCOPE 1, SCOPE 2"),
    ("Scopes", "admin for all", "SCOPE 2"),
    ("Rate Limits", "100 a minute and 1,000 an hour", "RATE 1"),
    ("Rate Limits", "for each key or token", "RATE 4"),
    ("Rate Limits", "told by two headers in every response", "RATE 2, RATE 5"),
    ("Rate Limits", "beyond that 429", "RATE 1, RATE 3"),
)
"""(the section, what it says in other words, the laws that ask it)."""

UNASKED = {"Need Help?": "whom to write to"}
"""Sections that say nothing that a server could break."""

HALVES: dict[str, tuple[tuple[str, str], ...]] = {
    "AUTH 1": (
        ("Without a credential,", "event-open-to-anybody"),
        ("or with one that nobody has, an operation answers 401", "longer-key-is-taken"),
        ("and says how to come in.", "refusal-without-challenge"),
    ),
    "AUTH 2": (
        ("A key does the same as Bearer and in its own header;", "pages-know-bearer-alone"),
        ("two that differ are 400;", "second-key-is-ignored"),
        ("none is read from the query.", "key-in-the-query-is-read"),
    ),
    "AUTH 3": (("No answer holds a credential, not even in an error.", "refusal-shows-the-key"),),
    "AUTH 4": (
        ("Somebody else's id and one that there isn't get the same answer,", "foreign-booking-is-forbidden"),
        ("and nothing of theirs is read", "foreign-event-is-read"),
        ("or changed.", "foreign-booking-is-cancelled"),
    ),
    "AUTH 5": (
        ("A key that has expired or was revoked is as unknown as any other, from that moment on.", "ended-key-lives"),
    ),
    "AUTH 6": (
        (
            "Two accounts that ask for the same, one right after the other, get nothing of each other's.",
            "answers-are-kept-for-anybody",
        ),
    ),
    "BOOK 1": (
        ("Cancelling works once,", "cancelling-again-works"),
        ("keeps the reason byte for byte,", "reason-is-cut"),
        ("and shows at once wherever the booking does.", "list-is-stale-after-a-cancel"),
    ),
    "BOOK 2": (("Of many cancellations at once, one succeeds.", "two-at-once-succeed"),),
    "BOOK 3": (("A request that is refused leaves the booking as it was.", "refused-and-done"),),
    "BOOK 4": (
        ("A booking that has ended can't be cancelled,", "ended-booking-is-cancelled"),
        ("and says so.", "ended-is-called-cancelled"),
    ),
    "BOOK 5": (("What was cancelled stays cancelled, seconds later.", "cancelled-is-confirmed-again"),),
    "DELV 3": (
        ("What a delivery tells can be read when it comes;", "delivered-before-it-can-be-read"),
        ("what was refused is told to nobody.", "TellsOfWhatItRefused"),
    ),
    "DELV 4": (
        ("What fails is tried again when the contract says,", "first-retry-is-late"),
        ("the same bytes each time;", "retries-have-other-bytes"),
        ("too often, and the subscription ends.", "nothing-is-disabled"),
    ),
    "DELV 5": (("A receiver that hangs is in nobody's way.", "one-at-a-time"),),
    "DELV 7": (
        ("Every attempt is in the log, with what came of it;", "log-has-the-last-attempt-alone"),
        ("a redelivery is the same bytes again.", "WritesARetryAnew"),
    ),
    "DELV 8": (
        ("A redirect is followed nowhere,", "FollowsRedirects"),
        ("and a receiver that is gone is sent nothing more.", "gone-is-tried-again"),
    ),
    "DELV 9": (
        ("A receiver that asks for time gets it;", "retry-after-is-ignored"),
        ("one that deletes its subscription is left alone.", "deleted-webhook-is-delivered-to"),
    ),
    "ERR 1": (
        ("A problem has the status of its answer,", "bad-request-says-422"),
        ("a code of the contract with its title,", "missing-has-another-title"),
        ("and the id of the request.", "problem-names-another-request"),
    ),
    "ERR 2": (
        ("A query parameter that is out of range,", "too-many-a-page-are-cut-down"),
        ("of the wrong type,", "takes_a_page_that_is_no_number"),
        ("repeated,", "takes_one_of_two"),
        ("empty", "takes_an_empty_one"),
        ("or unknown is 400", "unknown-parameter-is-ignored"),
        ("and is named.", "refusal-names-no-parameter"),
    ),
    "ERR 3": (("An id that names nothing is 404, whatever it looks like.", "malformed-id-is-a-bad-request"),),
    "ERR 4": (
        ("A path that there isn't is 404 whatever the credential;", "unknown-path-wants-a-key"),
        ("a method that a path lacks is 405", "wrong-method-is-missing"),
        ("and names the others.", "allow-forgets-head"),
    ),
    "ERR 5": (
        ("A body that isn't JSON", "calls_broken_json_422"),
        ("or is against its schema is 400;", "unknown-member-is-dropped"),
        ("one of another media type is 415.", "any-media-type-is-json"),
    ),
    "ERR 6": (("Nothing that is sent makes the server fail.", "deep-json-fails"),),
    "ERR 7": (("No answer of the run was a failure of the server.", "now-and-then-a-500"),),
    "ERR 8": (
        ("A parameter", "fails_far_beyond_a_bound"),
        (
            "or a member at its bound, one beyond it or far beyond is taken or refused, and fails nothing.",
            "longest-reason-fails",
        ),
    ),
    "FILT 1": (("Any combination of filters selects what the contract's comparisons say.", "two-filters-are-ored"),),
    "FILT 2": (
        ("Each filter by itself selects what it says: each value of an enum,", "completed-are-no-shows-too"),
        ("and an instant to the second.", "start-before-by-day"),
    ),
    "FILT 3": (
        ("Filters compose with paging: the pages of a filtered list are that list.", "later-pages-forget-a-filter"),
    ),
    "FILT 4": (("A filter by the clock selects to the second.", "upcoming-ends-a-second-late"),),
    "FILT 5": (
        (
            "Any two filters together select what both do, which is less than either does.",
            "upcoming-is-forgotten-beside-a-status",
        ),
    ),
    "GUARD 1": (
        ("A URL,", "long-query-is-forgotten"),
        ("a head", "large-head-is-a-bad-request"),
        ("or a body beyond its limit is the problem that the contract has for it,", "large-body-is-no-json"),
        ("and hurts nobody else.", ""),
    ),
    "HEADERS 1": (
        ("Every answer names its request,", "missing-names-no-request"),
        ("each another one.", "request-id-is-repeated"),
    ),
    "HEADERS 2": (("HEAD is GET without its body.", "head-lacks-the-links"),),
    "HOOK 1": (
        ("A subscription is listed without its secret,", "list-tells-the-secret"),
        ("which is fresh and told once;", "secrets-are-counted"),
        ("deleted, it is gone.", "deleted-webhook-is-listed"),
    ),
    "HOOK 2": (
        ("An event leads to one delivery for each subscription that names its type,", "newest-alone-is-told"),
        ("and to none for others.", "everybody-is-told-everything"),
    ),
    "HOOK 3": (
        ("A URL that nothing may be delivered to is refused,", "url-with-a-password"),
        ("and so is one subscription too many;", "one-webhook-too-many"),
        ("neither is kept.", ""),
    ),
    "HOOK 4": (
        ("Whatever happens is told as the contract has it,", "sync-is-called-something-else"),
        ("to a subscription that names its type alone.", "DeliversToAllTypes"),
    ),
    "HOOK 5": (("A subscription that was made is still there, seconds later.", "webhook-is-listed-for-a-while"),),
    "OAUTH 1": (
        ("An unknown client,", "leads_on_whoever_asks"),
        ("an unknown or malformed redirect URI: a page that leads nowhere", "error-goes-to-an-unknown-uri"),
        ("and repeats nothing.", "repeats_what_it_was_given"),
    ),
    "OAUTH 2": (
        ("A redirect URI is a registered one byte for byte;", "redirect-uri-by-its-beginning"),
        ("the port of a loopback address alone is free.", "wants_the_registered_port"),
    ),
    "OAUTH 3": (
        ("Any other error goes back to the app: the error,", "calls_every_error_the_same"),
        ("the state as it was,", "loses_the_state_with_an_error"),
        ("and who says so.", "error-without-issuer"),
    ),
    "OAUTH 4": (
        ("A parameter that stands twice is refused,", "takes_what_stands_twice"),
        ("an unknown one ignored,", "refuses_what_it_does_not_know"),
        ("and the state goes back byte for byte.", "state-is-encoded-twice"),
    ),
    "OAUTH 5": (
        ("A challenge is S256", "takes_plain"),
        ("and whole,", "takes_a_part_of_a_challenge"),
        ("and a public client sends one.", "public-client-without-challenge"),
    ),
    "OAUTH 6": (
        ("A person sees a page that names the scopes,", "names_no_scope"),
        ("can't be framed", "consent-can-be-framed"),
        ("or kept,", "lets_pages_be_kept"),
        ("and decides once.", "consent-works-twice"),
    ),
    "OAUTH 7": (
        ("Forms by POST alone,", "reads_json"),
        ("each parameter once,", "takes_a_form_with_one_twice"),
        ("no secret in the query,", "reads_the_query"),
        ("one way of authentication;", "takes_two_ways_at_once"),
        ("never kept.", "tokens-may-be-kept"),
    ),
    "OAUTH 8": (
        ("Who isn't the client is invalid_client;", "knows_every_client"),
        ("what isn't its code, as it was asked for, is invalid_grant.", "code-with-another-uri"),
    ),
    "OAUTH 9": (
        ("A code works once,", "code-works-twice"),
        ("of many at once for one;", "code-works-for-a-second"),
        ("used again, its tokens die,", "tokens-of-a-used-code-live"),
        ("and a wrong verifier uses it up.", "forgives_a_wrong_verifier"),
    ),
    "OAUTH 10": (
        ("A verifier has 43 to 128 characters of its alphabet,", "takes_a_verifier_of_any_length"),
        ("fits its challenge,", "any-verifier-fits"),
        ("and comes with one.", "misses_no_verifier"),
    ),
    "OAUTH 11": (
        ("A refresh gives new tokens;", "refresh-token-works-again"),
        ("a refresh token that was used before ends all that came of its grant.", "family-lives-on"),
    ),
    "OAUTH 12": (
        ("What is granted is what was asked for;", "token-has-every-scope"),
        ("a refresh narrows it, for the token that it gives,", "narrowed-scope-is-kept"),
        ("and never widens it.", "scope-widens"),
    ),
    "OAUTH 13": (
        ("What is revoked is dead;", "revoked-token-lives"),
        ("what nobody knows is 200,", ""),
        ("and another client's is refused and lives.", "foreign-token-is-revoked"),
    ),
    "OAUTH 14": (
        ("The metadata are true: every URL and method that they name works,", "is_reached_elsewhere"),
        ("and nothing else does.", "tells_of_a_grant_that_it_lacks"),
    ),
    "OAUTH 15": (("Codes and tokens live as long as the contract says, to the second.", "code-lives-longer"),),
    "PAGE 1": (("For any page size the pages, in order, are the whole list.", "pages-overlap"),),
    "PAGE 2": (
        ("The counts are those of the list,", "total-counts-the-other-account"),
        ("only the last page is short,", "hundred-means-99"),
        ("and past the end there is nothing.", "past-the-end-is-missing"),
    ),
    "PAGE 3": (
        ("The links of a page lead to the first, previous, next and last one,", "last-link-too-far"),
        ("and keep every filter.", "next-link-forgets-the-filters"),
    ),
    "PAGE 4": (
        ("The order of a list is the one that the contract states,", "bookings-in-the-order-of-making"),
        ("total and the same each time.", "a-day-in-any-order"),
    ),
    "PAGE 5": (
        ("Without parameters a list is its first page, as long as the contract's default says.", "ten-a-page-unasked"),
    ),
    "RATE 1": (
        ("In any window at most its limit is admitted,", "minute-admits-one-more"),
        ("and nothing is refused while every window has room.", "minute-refills-late"),
    ),
    "RATE 2": (
        ("Remaining falls by one with each request", "refusals-are-free"),
        ("and is never negative;", "counts_below_nothing"),
        ("Limit is that of a window.", "tells_of_another_limit"),
    ),
    "RATE 3": (
        ("A 429 is a problem that says when to come back;", "refusal-is-no-problem"),
        ("coming back then is admitted,", "retry-after-is-short"),
        ("and what was refused doesn't count.", "refused-requests-count"),
    ),
    "RATE 4": (
        ("A budget is a credential's: using one leaves the others whole,", "keys-share-a-budget"),
        ("and it is one for both headers", "header-has-a-second-budget"),
        ("and all operations.", "budget-for-each-endpoint"),
    ),
    "RATE 5": (
        ("The headers are on every answer, of any status,", "refusal-lacks-what-remains"),
        ("on unknown paths too.", "unknown-path-lacks-the-limits"),
    ),
    "SBX 3": (
        (
            "What happens between a snapshot and its restore hasn't happened: not to a list,",
            "cancellation-outlives-a-restore",
        ),
        ("and not to a budget.", "budget-outlives-a-restore"),
    ),
    "SCHEMA 1": (
        ("Every answer has a status,", "created-is-200"),
        ("headers,", "created-has-no-place"),
        ("a media type", "problem-is-called-json"),
        ("and a body that the contract has for it.", "numbers-are-text"),
    ),
    "SCHEMA 2": (("So has every answer outside of an operation.", "unknown-path-is-a-page"),),
    "SCHEMA 3": (("Schemathesis, in all phases and with all checks, finds nothing that breaks the contract.", ""),),
    "SCOPE 1": (
        ("A credential without the scope of an operation is 403,", "any-key-cancels"),
        ("which names the scope;", "refusal-names-admin"),
        ("nothing has changed.", "refused-for-its-scope-and-done"),
    ),
    "SCOPE 2": (
        ("A credential with the scope of an operation,", "reading-a-booking-wants-write"),
        ("or one that stands for it, is not refused for it.", "admin-lacks-webhooks"),
    ),
    "SCOPE 3": (("The account says which scopes the credential was granted.", "account-tells-what-is-implied"),),
    "SIGN 1": (
        ("The signature is that of exactly the bytes that came,", "SignsWhatItWouldSendInAscii"),
        ("under the secret of the subscription,", "signed-with-the-hex"),
        ("and no other.", "one-key-for-all"),
    ),
    "STATE 1": (
        ("What a list has of a resource is the resource,", "page-alone-has-another-title"),
        ("and reading it twice gives the same.", "reading-touches-an-event"),
    ),
    "STATE 2": (("Every link of an answer leads to what it says.", "link-leads-to-another"),),
    "STATE 3": (
        ("What was acknowledged is there after the server was killed and started again.", "cancelled-booking-is-back"),
    ),
    "STATE 4": (("What is made is read as it was sent, is as it was changed, and is gone once it is deleted.", ""),),
}
"""By law: its sentence in parts, and for each what is planted to break it: a name in `defects/`, in the tables of this
folder, or in `tests/foreign/bugs.py`. The empty ones are those of `UNPLANTED`."""

UNPLANTED = {
    "GUARD 1": "nobody else is there to be hurt in a trial; tests/e2e holds it with a second client",
    "HOOK 3": "what is kept of a refusal is another resource of the contract's own",
    "OAUTH 13": "the answer alone, which is the same one for what is known",
    "SCHEMA 3": "another tool says what that finds; test_fuzzed.py holds what is made of it",
    "STATE 4": "of documents of others; test_keeping.py breaks each part",
}
"""Laws with a part that nothing is planted for, and why."""
