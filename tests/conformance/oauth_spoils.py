"""What may be wrong with an authorization server on the wire: (the law, what spoils an answer)."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

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


def asked(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.target).query, keep_blank_values=True)


def form(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)


def led(answer: Answer, to: str) -> Answer:
    return with_header(Answer(303, answer.headers, b""), "Location", to)


def tokens(answer: Answer) -> Answer:
    return Answer(200, answer.headers, b'{"access_token":"sct_x","token_type":"Bearer","expires_in":60}')


def leads_on_whoever_asks(request: Request, answer: Answer) -> Answer:
    to = dict(asked(request)).get("redirect_uri")
    unknown = path(request) == "/oauth/authorize" and answer.status == 400 and "client_id=no_such" in request.target
    return led(answer, f"{to}?error=invalid_client") if unknown and to else answer


def wants_the_registered_port(request: Request, answer: Answer) -> Answer:
    other = re.match(r"http://[^/]+:\d+/", location(answer))
    return with_header(Answer(400, answer.headers, b""), "Location", None) if other else answer


def calls_every_error_the_same(request: Request, answer: Answer) -> Answer:
    to = location(answer)
    return with_header(answer, "Location", re.sub(r"error=\w+", "error=server_error", to)) if "error=" in to else answer


def loses_the_state_with_an_error(request: Request, answer: Answer) -> Answer:
    to = location(answer)
    return with_header(answer, "Location", re.sub(r"&state=[^&]*", "", to)) if "error=" in to else answer


def takes_what_stands_twice(request: Request, answer: Answer) -> Answer:
    twice = len(asked(request)) != len(dict(asked(request))) and path(request) == "/oauth/authorize"
    return led(answer, f"{dict(asked(request)).get('redirect_uri')}?code=sca_x&state=once") if twice else answer


def refuses_what_it_does_not_know(request: Request, answer: Answer) -> Answer:
    unknown = "no_such_parameter" in request.target
    return with_header(Answer(400, answer.headers, b""), "Location", None) if unknown else answer


def takes_a_part_of_a_challenge(request: Request, answer: Answer) -> Answer:
    given = dict(asked(request))
    part = "error=" in location(answer) and 0 < len(given.get("code_challenge", "")) < 43
    return led(answer, f"{given['redirect_uri']}?code=sca_x&state={given.get('state')}") if part else answer


def names_no_scope(request: Request, answer: Answer) -> Answer:
    if path(request) != "/oauth/authorize" or answer.status != 200:
        return answer
    text = re.sub(rb">[^<]*<", lambda match: re.sub(rb"read|write|webhooks|admin", b"it", match[0]), answer.body)
    return Answer(200, answer.headers, text)


def lets_pages_be_kept(request: Request, answer: Answer) -> Answer:
    page = path(request) == "/oauth/authorize" and answer.status == 200
    return with_header(answer, "Cache-Control", "max-age=60") if page else answer


def takes_a_form_with_one_twice(request: Request, answer: Answer) -> Answer:
    fields = form(request) if path(request) == "/oauth/token" else []
    return tokens(answer) if answer.status == 400 and len(fields) != len(dict(fields)) else answer


def reads_the_query(request: Request, answer: Answer) -> Answer:
    return tokens(answer) if "client_secret=" in request.target and answer.status == 400 else answer


def takes_two_ways_at_once(request: Request, answer: Answer) -> Answer:
    basic = any(name == "Authorization" and value.startswith("Basic") for name, value in request.headers)
    return tokens(answer) if basic and "client_secret" in dict(form(request)) else answer


def takes_a_verifier_of_any_length(request: Request, answer: Answer) -> Answer:
    verifier = dict(form(request)).get("code_verifier", "x" * 43)
    return tokens(answer) if answer.status == 400 and not 43 <= len(verifier) <= 128 else answer


ON_THE_WIRE: list[tuple[str, Spoil]] = [
    ("OAUTH 1", repeats_what_it_was_given),
    ("OAUTH 1", leads_to_any_address_with_an_error),
    ("OAUTH 1", leads_on_whoever_asks),
    ("OAUTH 2", wants_the_registered_port),
    ("OAUTH 3", names_no_issuer),
    ("OAUTH 3", calls_every_error_the_same),
    ("OAUTH 3", loses_the_state_with_an_error),
    ("OAUTH 4", takes_what_stands_twice),
    ("OAUTH 4", refuses_what_it_does_not_know),
    ("OAUTH 4", takes_plus_for_a_space_in_the_state),
    ("OAUTH 4", makes_up_a_state),
    ("OAUTH 5", takes_plain),
    ("OAUTH 5", takes_a_part_of_a_challenge),
    ("OAUTH 6", names_no_scope),
    ("OAUTH 6", lets_pages_be_kept),
    ("OAUTH 7", takes_a_form_with_one_twice),
    ("OAUTH 7", reads_the_query),
    ("OAUTH 7", takes_two_ways_at_once),
    ("OAUTH 10", takes_a_verifier_of_any_length),
    ("OAUTH 6", lets_pages_be_framed),
    ("OAUTH 7", may_be_kept_when_refused),
    ("OAUTH 7", reads_json),
    ("OAUTH 8", knows_every_client),
    ("OAUTH 14", tells_of_a_grant_that_it_lacks),
    ("OAUTH 14", is_reached_elsewhere),
]
