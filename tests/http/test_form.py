import copy
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.contract import Contract
from smartcal_api.errors import Problem
from smartcal_api.http.form import parse_form
from tests.edits import Edit, edited
from tests.wire import World, open_world

MEMBERS = {
    "type": "object",
    "required": ["count"],
    "additionalProperties": False,
    "properties": {
        "count": {"$ref": "#/components/schemas/Counted"},
        "ratio": {"type": "number"},
        "sure": {"type": ["boolean", "null"]},
        "name": {"type": "string"},
        "sizes": {"type": "array", "maxItems": 3, "items": {"type": "integer"}},
        "tags": {"allOf": [{"type": "array"}, {"items": {"type": "string"}}]},
    },
}
_FORMS = st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=8)


@given(_FORMS)
def test_guard_1_every_form_is_read_back_as_it_was_written(form: dict[str, str]) -> None:
    assert parse_form(urlencode(form).encode()) == form


@given(st.binary(max_size=80) | st.text(alphabet="%&=+aF0é\0;", max_size=40).map(str.encode))
@example(b"a=%")
@example(b"a=%zz&b=%c3%a9")
@example(b"&&=&")
def test_guard_1_any_bytes_are_either_refused_with_400_or_read_as_the_standard_library_reads_them(body: bytes) -> None:
    try:
        form = parse_form(body)
    except Problem as problem:
        refusal = (problem.code, len(problem.errors))
    else:
        refusal = None
        assert list(form.items()) == parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    assert refusal in (None, ("invalid_body", 1))


@pytest.mark.parametrize("body", [b"a=1&a=1", b"a=1&b=2&%61=3", b"a&a=", b"=&="])
def test_guard_1_a_name_that_repeats_is_refused_with_a_pointer_to_it(body: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        parse_form(body)
    assert refusal.value.code == "invalid_body"
    assert "twice" in refusal.value.detail
    assert refusal.value.errors[0].pointer in ("/a", "/")


@pytest.mark.parametrize(("body", "pointer"), [(b"a%2Fb=1&a/b=2", "/a~1b"), (b"~=1&~=2", "/~0")])
def test_the_pointer_to_a_name_is_a_json_pointer(body: bytes, pointer: str) -> None:
    with pytest.raises(Problem) as refusal:
        parse_form(body)
    assert refusal.value.errors[0].pointer == pointer


@pytest.mark.parametrize("body", [b"a=%ff", b"%c3=1", b"a=\xe9", b"a=%ed%a0%80"])
def test_guard_1_what_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(Problem, match="not UTF-8"):
        parse_form(body)


def sending(schema: Any) -> Edit:
    """One more operation that takes a form, at /api/v1/case."""

    def edit(data: Any) -> None:
        me = copy.deepcopy(data["paths"]["/api/v1/me"]["get"])
        form = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
        me |= {"operationId": "sendCase", "requestBody": form}
        data["paths"]["/api/v1/case"] = {"post": me}
        data["components"]["schemas"]["Counted"] = {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}

    return edit


@pytest.fixture(scope="module")
def taking() -> Contract:
    return edited(sending(MEMBERS))


@pytest.fixture(scope="module")
def world(taking: Contract) -> World:
    return open_world(taking)


@pytest.fixture(scope="module")
def judge(taking: Contract) -> RequestJudge:
    return RequestJudge(taking, Judge(taking))


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("count=5", None),
        ("count=true", None),
        ("count=-5&ratio=0.5&sure=false&name=5", None),
        ("count=5&sizes=1", None),
        ("count=5&sizes=1&name=a&sizes=2", None),
        ("count=5&tags=1&tags=true", None),
        ("count=five", "/count"),
        ("count=5&ratio=1_0", "/ratio"),
        ("count=5&sure=yes", "/sure"),
        ("count=5&sizes=1&sizes=x", "/sizes/1"),
        ("count=5&sizes=1&sizes=2&sizes=3&sizes=4", "/sizes"),
        ("count=5&count=6", "/count"),
        ("sizes=1", ""),
        ("count=5&other=1", ""),
    ],
)
def test_guard_1_members_of_a_form_are_what_the_schema_says_that_they_are(
    world: World, judge: RequestJudge, body: str, refused: str | None
) -> None:
    """For the server, and for the judge of other clients and deployments."""
    media_type = "application/x-www-form-urlencoded"
    reply = world.post("/api/v1/case", body=body.encode(), media_type=media_type, key=world.key("admin"))
    assert (reply.status, *(each["pointer"] for each in reply.json.get("errors", []))) == (
        (200,) if refused is None else (400, refused)
    )
    fields = (("Content-Type", media_type),)
    sent = Exchange(1, "", None, "POST", "/api/v1/case", fields, body.encode(), None, 200, (), b"", 0, 0)
    assert (judge.faults(sent) == []) == (refused is None)
