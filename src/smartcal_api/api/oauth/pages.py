"""The two pages that a person sees: the consent form, and what is wrong with a link. No script, nothing fetched."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape

from smartcal_api.auth.oauth import Client, form_action
from smartcal_api.http.answer import Answer

HTML = "text/html"
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5a6474; --paper: #fff; --back: #eef1f5; --line: #c9d0da;
  --go: #1a56c4; --on-go: #fff; --ring: #d9730d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a7b1c0; --paper: #1d232d; --back: #12161d;
  --line: #475264; --go: #8ab4ff; --on-go: #0d1b33; --ring: #ffb45c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--back);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li { padding: .65rem 0; border-bottom: 1px solid var(--line); }
li span { display: block; color: var(--soft); }
.soft { color: var(--soft); }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 1rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--ink); background: transparent; border: 1px solid var(--soft); border-radius: .5rem; }
button[value=allow] { color: var(--on-go); background: var(--go); border-color: var(--go); }
button:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; }
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


def consent_page(
    product: str,
    client: Client,
    account: Mapping[str, str] | None,
    scopes: Mapping[str, str],
    *,
    redirect_uri: str,
    action: str,
    hidden: Mapping[str, str],
) -> Answer:
    """`scopes` are those asked for, with the contract's words for each; `hidden` is what the form sends back."""
    app = escape(client.name)
    # A contract may name neither.
    name, email = (escape(account.get(member, "")) if account else "" for member in ("name", "email"))
    whose = f"<strong>{name or email}</strong>" if name or email else ""
    whose += f" ({email})" if name and email else ""
    items = "\n".join(
        f"<li><strong>{escape(name)}</strong> <span>{escape(words)}</span></li>" for name, words in scopes.items()
    )
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    content = f"""<h1>Allow {app} to use your {escape(product)} account?</h1>
<p id="account">{f"It would act for {whose}." if whose else "It would act for you."}</p>
<h2 id="scopes">{app} asks to:</h2>
<ul aria-labelledby="scopes">
{items}
</ul>
<form method="post" action="{escape(action)}">
{fields}
<div class="choice" role="group" aria-label="Your decision" aria-describedby="next">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</div>
</form>
<p id="next" class="soft">Either way you go back to {escape(redirect_uri)}.
This is a mock: nobody has to sign in.</p>"""
    policy = f"form-action 'self' {form_action(redirect_uri)}"
    return _page(200, f"Allow {client.name}?", content, policy)


def error_page(heading: str, what: str, mend: str, *, request_id: str, known: Sequence[str] = ()) -> Answer:
    """400: the browser stays here. `known` is what would have been right."""
    items = "".join(f"<li>{escape(each)}</li>\n" for each in known)
    content = f"""<h1>{escape(heading)}</h1>
<p>{escape(what)}</p>
<p>{escape(mend)}</p>
{f"<ul>{items}</ul>" if items else ""}
<p class="soft">You were not sent on to the app. Request {escape(request_id)}.</p>"""
    return _page(400, heading, content, "form-action 'none'")


def _page(status: int, title: str, content: str, policy: str) -> Answer:
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        f"frame-ancestors 'none'; {policy}",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
    }
    text = _PAGE.format(title=escape(title), style=_STYLE, content=content)
    # What is not text at all (a lone surrogate of a client's name) must not be a reason to fail.
    return Answer(status, text.encode("utf-8", "replace"), media_type=HTML, headers=headers)
