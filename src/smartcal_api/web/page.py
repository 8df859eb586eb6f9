"""A page: readable without a script, and nothing in it is fetched from anywhere."""

from base64 import b64encode
from hashlib import sha256
from html import escape

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5a6474; --paper: #fff; --back: #eef1f5; --line: #c9d0da;
  --go: #1a56c4; --ring: #d9730d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a7b1c0; --paper: #1d232d; --back: #12161d;
  --line: #475264; --go: #8ab4ff; --ring: #ffb45c; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.1rem; }
p { margin: .5rem 0; }
a { color: var(--go); }
a:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
pre { margin: .5rem 0; padding: .75rem; overflow-x: auto; background: var(--back); border-radius: .5rem; }
.soft { color: var(--soft); }
@media (max-width: 40rem) { main { padding: 1.25rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def policy(allowed: str) -> dict[str, str]:
    """The headers of a page that fetches nothing but what is allowed."""
    return {
        "Content-Security-Policy": f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
    }


HEADERS = policy(f"style-src 'sha256-{_STYLE_HASH}'; img-src data:")


def page(title: str, content: str) -> bytes:
    """`content` is markup, `title` is text."""
    return _PAGE.format(title=escape(title), style=_STYLE, content=content).encode("utf-8", "replace")


def definitions(pairs: list[tuple[str, str]]) -> str:
    """A list of terms, which are text, and of what is said of each, which is markup."""
    return "<dl>\n" + "\n".join(f"<dt>{escape(term)}</dt><dd>{said}</dd>" for term, said in pairs) + "\n</dl>"


def link(url: str, text: str | None = None) -> str:
    return f'<a href="{escape(url)}">{escape(text or url)}</a>'
