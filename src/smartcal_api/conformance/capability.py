"""What a law may need besides a URL. What wasn't given makes it not verified, never broken and never held."""

from enum import StrEnum


class Capability(StrEnum):
    """The value says, in a report, what to give."""

    KEY = "a key with the scope of the operation (--key SCOPES=VALUE)"
    SECOND_KEY = "a second key of the same account (--key SCOPES=VALUE)"
    LESSER_KEY = "a key without the scope of the operation (--key SCOPES=VALUE)"
    OTHER_ACCOUNT = "a key of another account (--other-key SCOPES=VALUE)"
    TOKEN = "an access token (--token SCOPES=VALUE)"  # noqa: S105  # a sentence, not a secret
    CLIENT = "an OAuth client (--client ID:SECRET)"
    CONTROL = "a control plane (--control URL)"
    WRITES = "leave to write (--allow-writes)"
    EXHAUST = "leave to use up the budget of a key (--exhaust)"
    RESTART = "a mock that can be killed and started again (neither --url nor --target)"
    RECEIVER = "an address that is delivered to (--receiver-url URL --receiver-port N)"
    ELSEWHERE = "a success of the operation, which no case of this shard has seen"
    EXAMPLE = "an example of the request in the contract"
