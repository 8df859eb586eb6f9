"""The MUSTs of standards that the product document brings in: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), over HTTP
(RFC 9110). Each binds the server; a SHOULD, and what binds the client, decides nothing and isn't here."""

from smartcal_api.conformance.basis import Basis, Ground


def _section(number: int, section: str) -> Ground:
    return Ground(Basis.STANDARD, f"RFC {number}, section {section}")


UNKNOWN_PARAMETERS_ARE_IGNORED = _section(6749, "3.1")
UNKNOWN_RESPONSE_TYPE_IS_AN_ERROR = _section(6749, "3.1.1")
BASIC_IS_SUPPORTED = _section(6749, "2.3.1")
"""For clients that were issued a password."""
STATE_COMES_BACK_WITH_A_CODE = _section(6749, "4.1.2")
STATE_COMES_BACK_WITH_AN_ERROR = _section(6749, "4.1.2.1")
CODE_IS_FOR_ITS_CLIENT_AND_URI = _section(6749, "4.1.3")
"""The server authenticates the client, and ensures that the code was issued to it, for that redirect URI."""
TOKENS_ARE_NOT_STORED = _section(6749, "5.1")
TOKEN_RESPONSE_IS_WHOLE = _section(6749, "5.1")
"""Access token and token type are required, and so is the scope where another was granted than was asked for."""
ERROR_IS_NAMED = _section(6749, "5.2")
BASIC_IS_REFUSED_WITH_401 = _section(6749, "5.2")
"""With a challenge, where the client authenticated in the Authorization header."""
REFRESH_ASKS_FOR_THE_SECRET = _section(6749, "6")
"""Of a client that was issued one."""
NOT_TO_BE_GUESSED = _section(6749, "10.10")
REFRESH_TOKEN_IS_FOR_ITS_CLIENT = _section(6749, "6")
REFRESH_WIDENS_NOTHING = _section(6749, "6")
VERIFIER_IS_COMPARED = _section(7636, "4.6")
HEAD_IS_SUPPORTED = _section(9110, "9.1")
HEAD_IS_GET = _section(9110, "9.3.2")
"""It is identical to GET, but for the content."""
HEAD_HAS_NO_CONTENT = _section(9110, "9.3.2")
HEAD_LENGTH_IS_THAT_OF_GET = _section(9110, "8.6")
CHALLENGE_COMES_WITH_401 = _section(9110, "15.5.2")
ALLOW_COMES_WITH_405 = _section(9110, "15.5.6")
