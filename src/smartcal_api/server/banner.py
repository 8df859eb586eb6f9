"""What a started server says: where it is, what to send it, and what of it is mocked."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence

from smartcal_api.app import Application
from smartcal_api.auth import SHORTEST
from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.contract.schemes import BASIC, COOKIE, HEADER, QUERY
from smartcal_api.control import PREFIX as CONTROL
from smartcal_api.errors import Finding
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.credentials import KeyRing, KnownClient
from smartcal_api.server.webhooks import KnownWebhook
from smartcal_api.settings import Settings
from smartcal_api.web.entrance import HOME, documents_of

_SHOWN = 2  # operations of a resource


def banner(
    application: Application,
    sandbox: Sandbox,
    settings: Settings,
    *,
    root: str,
    keys: KeyRing,
    clients: tuple[KnownClient, ...],
    control_token: str | None,
    webhooks: tuple[KnownWebhook, ...],
) -> str:
    """Fits a screen of 80 columns; the keys and the clients' secrets are the only secrets in it."""
    contract = application.contract
    moment = format_rfc3339(sandbox.clock.now()) + (", frozen" if sandbox.clock.frozen else "")
    store = settings.store or "memory"
    lines = [
        f"{contract.data['info']['title']} {contract.version} on {root + contract.base}",
        f"store {store} · seed {sandbox.seed} · clock {moment}",
        f"pages {root + HOME}",
        f"contract {root + documents_of(contract)['JSON']}",
        *contract.reading_told,
        f"control {root + CONTROL}",
        *([f"  its token {control_token}"] if control_token else []),
        "",
        "keys" if keys.well_known else "keys, random and shown only here",
        *(f"  {scope:<9} {value}" for scope, value in keys.main.items()),
        *(
            f"  {'the other account: ' if not i else '':<19}{value}"
            for i, value in enumerate(list(keys.other.values())[:1])
        ),
        "",
        "OAuth clients" if keys.well_known else "OAuth clients, secrets shown only here",
        *(line for each in clients for line in _client(each)),
        "",
        *_webhooks(webhooks),
        *_trial(contract, root, keys),
    ]
    for title, entries in (
        ("served with their state, by their shape", list(_resources(application))),
        (
            "mocked, since no handler serves them",
            [f"{o.method} {o.path}" for o in application.mocked if o.id not in application.unfit],
        ),
        (
            "served without their handlers, which do not fit the contract",
            told(application, [*application.unfit.values()]),
        ),
        ("known to code by other names than to the contract", told(application, application.remarks)),
        ("said by the contract, and nothing is done with it", told(application, application.idle)),
        ("answered with 501, since not understood", [str(finding) for _, finding in contract.unserved.values()]),
        ("not understood, and used by nothing", [str(finding) for finding in contract.unused]),
        ("foreign members of the contract, ignored", contract.foreign),
        ("headers of the message itself, ignored", contract.message_headers),
    ):
        if entries:
            lines += [title, *(f"  {entry}" for entry in entries), ""]
    short = list(_short(settings))
    if short:
        lines += [
            f"shorter than {SHORTEST} characters: masked where credentials stand, not elsewhere",
            *(f"  {each}" for each in short),
            "",
        ]
    return "\n".join([*lines, "Ctrl-C stops it."])


def _trial(contract: Contract, root: str, keys: KeyRing) -> Iterator[str]:
    """What to try first: an operation that needs nothing but a key."""
    plain = [each for each in contract.operations.values() if each.method == "GET" and not each.path_names]
    for operation in [each for each in plain if not any(p.required for p in each.parameters)][:1]:
        asked = f"  curl {root}{operation.path}"
        carried = contract.carriers(operation)
        if not carried:
            yield asked
        else:
            yield f"{asked} \\"
            yield f"    {_sent(carried[0], next(iter(keys.main.values()), 'KEY'))}"
        yield ""


def _sent(carried: str, key: str) -> str:
    """The option of curl that sends a key in its carrier."""
    place, _, name = carried.partition(" ")
    return {
        BASIC: f"-u {shlex.quote(f':{key}')}",
        HEADER: f"-H {shlex.quote(f'{name}: {key}')}",
        QUERY: f"--get -d {shlex.quote(f'{name}={key}')}",
        COOKIE: f"-b {shlex.quote(f'{name}={key}')}",
    }.get(place, f"-H {shlex.quote(f'Authorization: Bearer {key}')}")


def _resources(application: Application) -> Iterator[str]:
    """Each that is recognised by its shape, and what serves it."""
    operations: dict[str, list[str]] = {}
    for name, each in application.assigned.items():
        if each.use is not None:
            operation = application.contract.operations[name]
            operations.setdefault(each.use.resource.collection, []).append(f"{operation.method} {operation.path}")
    for collection, several in operations.items():
        more = f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else ""
        yield f"{collection}: {', '.join(several[:_SHOWN])}{more}"


def told(application: Application, findings: Sequence[Finding]) -> list[str]:
    """Each with its place."""
    return str(application.contract.document.error(findings)).splitlines() if findings else []


def _short(settings: Settings) -> Iterator[str]:
    """The secrets that would be found in words that are none, without their values."""
    for key in settings.keys:
        if len(key.value) < SHORTEST:
            yield f"the key for {', '.join(key.scopes)}"
    for client in settings.oauth_clients:
        if client.secret is not None and len(client.secret) < SHORTEST:
            yield f"the secret of the OAuth client {client.client_id}"
    if settings.webhook_secret is not None and len(settings.webhook_secret.encode()) < SHORTEST:
        yield "the webhook secret"


def _client(client: KnownClient) -> list[str]:
    secret = client.client_secret or "public: no secret, and PKCE"
    return [f"  {client.client_id:<15} {secret}", *(f"  {'':<15} {uri}" for uri in client.redirect_uris[:1])]


def _webhooks(webhooks: tuple[KnownWebhook, ...]) -> list[str]:
    lines = [line for each in webhooks for line in (f"  {each.id} {each.url}", f"  signed with {each.secret}")]
    return ["webhooks, subscribed by flag", *lines, ""] if lines else []


def tell(text: str) -> None:
    """On standard output, at once; a reader that has gone away, or a full disk, is no reason to stop serving."""
    try:
        print(text, flush=True)
    except OSError:
        # Not only closed: what is left in its buffer must not come up again when the interpreter exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
