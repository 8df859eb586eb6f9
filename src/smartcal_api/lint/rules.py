"""The rules, each with its level, and what `--explain` says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """An error breaks the document for somebody; a warning is most likely not meant; a note is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is what it finds, `why` what comes of it and what to do."""

    level: Level
    says: str
    why: str


_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE
_LOAD = "`smartcal serve` refuses the document, or with --draft answers 501 for what it touches."
_HANDLER = "The document is served all the same. Change one of the two, or accept it with a reason."

RULES: Mapping[str, Rule] = {
    "document/syntax": Rule(
        _E,
        "a file that is not JSON or YAML",
        "Nothing can be read out of it. Keys that stand twice count, too, for tools disagree on them.",
    ),
    "document/version": Rule(
        _E,
        "a document that isn't OpenAPI 3.0, 3.1 or 3.2",
        "The member `openapi` says which rules apply. A document of Swagger 2.0 can be converted.",
    ),
    "structure/unknown-member": Rule(
        _E,
        "a member that its object doesn't have",
        "Tools ignore it or refuse the document. It is a slip, belongs elsewhere, or has to begin with x-.",
    ),
    "structure/missing-member": Rule(
        _E, "a member that its object needs and is missing", "The specification requires it, and tools rely on it."
    ),
    "structure/type": Rule(_E, "a value of another type than its place needs", "Such as text where a number must be."),
    "structure/component-name": Rule(
        _E,
        "a component whose name references can't hold",
        "Names of components have letters, digits, '.', '_' and '-' (Components Object).",
    ),
    "reference/nowhere": Rule(
        _E, "a reference that leads nowhere", "Whoever follows it fails. Correct it, or add what it names."
    ),
    "reference/kind": Rule(
        _E, "a reference to something of another kind", "A response can't stand where a parameter has to be."
    ),
    "reference/circle": Rule(
        _E, "references that lead back to themselves", "Nothing is ever described; whoever follows them never ends."
    ),
    "reference/siblings": Rule(
        _W,
        "members beside a $ref that it leaves without effect",
        "A Reference Object has no others but summary and description; in 3.0 a schema has none beside it either.",
    ),
    "schema/misspelt-keyword": Rule(
        _E, "a keyword with a slip", "A schema ignores what it doesn't know, so that nothing is checked."
    ),
    "schema/unknown-keyword": Rule(
        _W, "a keyword that OpenAPI 3.0 doesn't have", "It says nothing; one's own begin with x-."
    ),
    "schema/keyword-of-another-version": Rule(
        _W, "a keyword of another version of OpenAPI or JSON Schema", "It says nothing here. The message has what does."
    ),
    "schema/bounds": Rule(_E, "bounds that exclude each other", "No value fits. One of the two is wrong."),
    "schema/contradiction": Rule(_E, "keywords that exclude each other", "No value fits, or none is ever there."),
    "schema/unsatisfiable": Rule(
        _E,
        "a schema that no value fits",
        "It was proven: every request or answer with it is wrong. Look for types, bounds and constants that exclude "
        "each other, in allOf most of all, and for required properties that aren't allowed.",
    ),
    "schema/keyword-without-effect": Rule(
        _W,
        "a keyword that judges values of another type",
        "Such as minLength beside type: integer. It refuses nothing; the type or the keyword is wrong.",
    ),
    "schema/enum-type": Rule(
        _E,
        "an enum or const whose value the type excludes",
        "That value never fits. Put it in quotes, or correct the type.",
    ),
    "schema/enum-twice": Rule(_W, "a value that an enum has twice", "Generators of code make a name of each."),
    "schema/required-unknown": Rule(
        _E,
        "a required property that isn't described",
        "A slip in one of the two places: what is meant is not required, and what is required has no schema.",
    ),
    "schema/required-twice": Rule(_W, "a property that is required twice", "Once is enough."),
    "schema/discriminator": Rule(
        _E,
        "a discriminator by a property that a branch doesn't have",
        "Readers look at it to know which schema applies; it has to be a property of each.",
    ),
    "schema/format": Rule(_W, "a format with a slip", "Unknown formats are ignored, so that nothing is checked."),
    "schema/default": Rule(
        _E, "a default that doesn't fit its schema", "Whoever leaves the value out sends a wrong one."
    ),
    "schema/pattern-invalid": Rule(
        _E, "a pattern that isn't a regular expression", "Validators refuse the schema, or let everything through."
    ),
    "schema/pattern-empty": Rule(
        _E, "a pattern that matches no text", "Such as a$b: something has to come after the end."
    ),
    "example/invalid": Rule(
        _E,
        "an example that doesn't fit its schema",
        "Readers copy it and are refused; mocks answer with it. One of the two is wrong.",
    ),
    "example/both": Rule(
        _E, "two members that exclude each other", "Tools take one of them, and not all the same one."
    ),
    "path/form": Rule(_E, "a path that isn't one", "It begins with a slash, its braces match, and it has no query."),
    "path/twice": Rule(
        _E, "two paths that differ in the names of their parameters alone", "A server can't tell them apart."
    ),
    "path/parameter-undescribed": Rule(
        _E, "a name in a path that no parameter describes", "Nobody knows what to fill in there."
    ),
    "path/parameter-unused": Rule(_E, "a path parameter that the path doesn't have", "It can't be sent anywhere."),
    "operation/id-twice": Rule(_E, "two operations of one name", "Links, generated clients and reports go by it."),
    "operation/parameter-twice": Rule(
        _E, "one parameter twice", "Name and place tell parameters apart; of two alike one is ignored."
    ),
    "operation/status": Rule(_E, "an answer whose status isn't one", "It is '200', 4XX or default, in quotes in YAML."),
    "operation/no-answer": Rule(_W, "an operation without an answer of success", "Nobody knows what comes of it."),
    "operation/body": Rule(
        _W, "a body where requests have none", "RFC 9110 gives it no meaning, and OpenAPI 3.0 ignores it."
    ),
    "parameter/optional-in-path": Rule(
        _E, "a path parameter that isn't required", "Without it it would be another path (Parameter Object)."
    ),
    "parameter/style": Rule(
        _E, "a style that doesn't go with the place", "The table of styles is at the Parameter Object."
    ),
    "parameter/ignored": Rule(
        _W,
        "a header that OpenAPI states elsewhere",
        "Accept, Content-Type and Authorization are ignored as parameters.",
    ),
    "media-type/form": Rule(_E, "a media type that isn't one", "It is a type and a subtype, such as application/json."),
    "link/operation": Rule(_E, "a link to an operation that isn't there", "It can't be followed."),
    "link/parameter": Rule(
        _E, "a link that fills in what its operation doesn't take", "It can't be followed as it says."
    ),
    "link/expression": Rule(_E, "a runtime expression that isn't one", "The Link Object has their grammar."),
    "link/nowhere": Rule(
        _E, "a runtime expression that leads nowhere", "The answer has no such header, or its schema no such property."
    ),
    "security/scheme-unknown": Rule(_E, "a security scheme that isn't described", "Nobody knows how to sign in."),
    "security/scope-unknown": Rule(_E, "a scope that no flow has", "Nobody can ask for it, so nobody may call."),
    "security/scope-unused": Rule(_W, "a scope that no operation asks for", "Users are asked to consent to nothing."),
    "security/scheme-unused": Rule(_W, "a security scheme that nothing asks for", "It protects nothing."),
    "tag/unknown": Rule(
        _W, "a tag that the document doesn't list", "Pages group by tags; a slip makes a group of its own."
    ),
    "tag/twice": Rule(_E, "a tag that is listed twice", "Their names have to be different."),
    "component/unused": Rule(_W, "a component that nothing refers to", "Left over, or somebody forgot to refer to it."),
    "server/variable": Rule(
        _E, "a variable of a server's URL that doesn't fit", "The URL can't be filled in, or what is there isn't used."
    ),
    "load/refused": Rule(_E, "something that the toolkit doesn't understand or can't serve", _LOAD),
    "load/not-served": Rule(
        _N, "something that `smartcal serve` doesn't serve", "It may well be right. With --draft the rest is served."
    ),
    "load/idle": Rule(
        _W, "something that is served, and nothing is done with", "Leave it out, or say what is to be done with it."
    ),
    "mock/impossible": Rule(
        _E, "an answer that can't be made up", "No value was found that fits; simplify the schema, or give an example."
    ),
    "handler/unfit": Rule(_W, "an operation whose handler no longer fits it", f"It is mocked instead. {_HANDLER}"),
    "handler/id-form": Rule(_W, "ids of another form than their schema", _HANDLER),
    "handler/status": Rule(_W, "a status that bookings may become and the document leaves out", _HANDLER),
    "handler/problem-member": Rule(_W, "a member that problems are sent with and the document leaves out", _HANDLER),
    "handler/answer": Rule(_W, "an answer or a header that no handler ever sends", _HANDLER),
    "handler/event-type": Rule(_W, "an event type that nobody is told of any more", _HANDLER),
    "handler/member-ignored": Rule(_W, "a member of a body that nothing is done with", _HANDLER),
    "parameter/selects-nothing": Rule(
        _W, "a parameter of a list without x-filter", "It is checked and ignored. Say with x-filter what it selects."
    ),
    "source/missing": Rule(
        _W, "a documented clause without its source", "x-basis: documented asks for x-source, the section that says so."
    ),
    "source/unmarked": Rule(_W, "a source of something that isn't marked as documented", "One of the two is wrong."),
    "text/limit": Rule(_W, "a limit in words that isn't the one in x-rate-limits", "Readers believe the words."),
    "extension/foreign": Rule(
        _N, "an x- member that isn't ours", "Nothing is done with it. It is listed at start, too."
    ),
    "owasp/unbounded-string": Rule(
        _W, "a text of any length in a request", "API4:2023, unrestricted resource consumption."
    ),
    "owasp/unbounded-array": Rule(
        _W, "a list of any length in a request", "API4:2023, unrestricted resource consumption."
    ),
    "owasp/missing-401": Rule(_W, "a guarded operation without a 401", "API2:2023, broken authentication."),
    "owasp/missing-403": Rule(
        _W, "an operation with scopes without a 403", "API5:2023, broken function level authorization."
    ),
    "owasp/missing-429": Rule(_W, "an operation without a 429", "API4:2023, unrestricted resource consumption."),
    "owasp/problem": Rule(
        _W,
        "an error without a body that programs can read",
        "API8:2023, security misconfiguration; RFC 9457 has the form.",
    ),
    "owasp/unguarded": Rule(_W, "an operation that changes something for anybody", "API2:2023, broken authentication."),
    "owasp/secret-in-url": Rule(_W, "a key in the query", "API2:2023, broken authentication."),
    "owasp/basic": Rule(_W, "HTTP Basic", "API2:2023, broken authentication."),
    "owasp/plain-http": Rule(_W, "a server without TLS", "API8:2023, security misconfiguration."),
}
