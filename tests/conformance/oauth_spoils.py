"""What may be wrong with an authorization server on the wire: (the law, what spoils an answer)."""

from urllib.parse import unquote

from smartcal_api.conformance.wire import Answer, Request
from tests.conformance.judged import Spoil, edited, path, with_header


def location(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")


def repeats_what_it_was_given(request: Request, answer: Answer) -> Answer:
    if path(request) == "/oauth/authorize" and answer.status == 400:
        return Answer(400, answer.headers, answer.body + unquote(request.target).encode())
    return answer


def leads_to_any_address_with_an_error(request: Request, answer: Answer) -> Answer:
    if path(request) == "/oauth/authorize" and answer.status == 400 and "evil.example" in request.target:
        return with_header(Answer(303, answer.headers, b""), "Location", "https://evil.example/?error=x")
    return answer


def names_no_issuer(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Location", location(answer).partition("&iss=")[0]) if location(answer) else answer


def takes_plus_for_a_space_in_the_state(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Location", location(answer).replace("%2B", "%20")) if location(answer) else answer


def makes_up_a_state(request: Request, answer: Answer) -> Answer:
    led = location(answer)
    return with_header(answer, "Location", led + "&state=") if led and "state=" not in led else answer


def takes_plain(request: Request, answer: Answer) -> Answer:
    if "code_challenge_method=plain" in request.target and location(answer):
        return with_header(answer, "Location", "http://127.0.0.1/callback?code=sca_x&state=s")
    return answer


def lets_pages_be_framed(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "X-Frame-Options", None)


def may_be_kept_when_refused(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Cache-Control", None) if answer.status in (400, 401) else answer


def reads_json(request: Request, answer: Answer) -> Answer:
    return Answer(400, answer.headers, b'{"error":"invalid_request"}') if answer.status == 415 else answer


def knows_every_client(request: Request, answer: Answer) -> Answer:
    if answer.status == 401 and b"invalid_client" in answer.body:
        return edited(Answer(400, answer.headers, answer.body), lambda body: body.update(error="invalid_grant"))
    return answer


def tells_of_a_grant_that_it_lacks(request: Request, answer: Answer) -> Answer:
    if "well-known" in request.target:
        return edited(answer, lambda body: body["grant_types_supported"].append("client_credentials"))
    return answer


def is_reached_elsewhere(request: Request, answer: Answer) -> Answer:
    if "well-known" in request.target:
        return edited(answer, lambda body: body.update(token_endpoint=body["token_endpoint"] + "s"))
    return answer


ON_THE_WIRE: list[tuple[str, Spoil]] = [
    ("OAUTH 1", repeats_what_it_was_given),
    ("OAUTH 1", leads_to_any_address_with_an_error),
    ("OAUTH 3", names_no_issuer),
    ("OAUTH 4", takes_plus_for_a_space_in_the_state),
    ("OAUTH 4", makes_up_a_state),
    ("OAUTH 5", takes_plain),
    ("OAUTH 6", lets_pages_be_framed),
    ("OAUTH 7", may_be_kept_when_refused),
    ("OAUTH 7", reads_json),
    ("OAUTH 8", knows_every_client),
    ("OAUTH 14", tells_of_a_grant_that_it_lacks),
    ("OAUTH 14", is_reached_elsewhere),
]
