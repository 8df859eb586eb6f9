"""OAuth clients of a sandbox, and how strict it is with them (laws OAUTH)."""

import secrets
from typing import Any
from urllib.parse import quote

from smartcal_api.auth.oauth import Client, check_redirect_uri
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.control.keys import check_scopes
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox import Sandbox

_REQUIRED = {"required": True, "supported": False}


def handlers(control: Control) -> dict[str, ControlHandler]:
    """A client of any id will do, as long as no sandbox of the server has it."""

    def list_clients(exchange: Exchange) -> Answer:
        clients = exchange.sandbox.oauth.clients
        given = {each.id: _document(each, kept=False) for each in clients.given()}
        kept = {each.id: _document(each, kept=True) for each in clients.registered()}
        return json_answer(200, {"data": [document for _, document in sorted((kept | given).items())]})

    def add_client(exchange: Exchange) -> Answer:
        body, sandbox = exchange.body, exchange.sandbox
        identifier = body.get("client_id") or f"app_{secrets.token_hex(8)}"
        for index, uri in enumerate(body["redirect_uris"]):
            try:
                check_redirect_uri(uri)
            except ValueError as error:
                raise _invalid(f"/redirect_uris/{index}", f"{error}.") from None
        check_scopes(body.get("scopes", []), control)
        if body.get("public", False) and "client_secret" in body:
            raise _invalid("/client_secret", "is one that a public client doesn't have; leave it out.")
        clients = sandbox.oauth.clients
        try:
            if control.registry.of_client(identifier).oauth.clients.find(identifier) is not None:
                raise KeyError(identifier)
            secret = clients.register(
                identifier,
                body["redirect_uris"],
                public=body.get("public", False),
                name=body.get("name", ""),
                scopes=body.get("scopes"),
                development=body.get("development", False),
                secret=body.get("client_secret"),
            )
        except KeyError:
            raise Problem("conflict", f"There is a client {identifier!r} already. Give another id, or none.") from None
        client = clients.find(identifier)
        assert client is not None  # it was registered just now
        location = f"{exchange.root}{PREFIX}/sandboxes/{sandbox.name}/oauth-clients/{quote(identifier, safe='')}"
        document = {**_document(client, kept=True), "client_secret": secret}
        return json_answer(201, document, headers={"Location": location})

    def remove_client(exchange: Exchange) -> Answer:
        identifier = exchange.parameters["client_id"]
        if not exchange.sandbox.oauth.remove_client(identifier):
            raise Problem("not_found", exchange.sandbox.oauth.clients.unknown(identifier))
        return Answer(204)

    def get_oauth(exchange: Exchange) -> Answer:
        return json_answer(200, _settings(exchange.sandbox))

    def set_oauth(exchange: Exchange) -> Answer:
        oauth, body = exchange.sandbox.oauth, exchange.body
        oauth.auto_consent = body.get("auto_consent", oauth.auto_consent)
        oauth.pkce_required = _REQUIRED[body["pkce"]] if "pkce" in body else oauth.pkce_required
        return json_answer(200, _settings(exchange.sandbox))

    return {
        "listOAuthClients": list_clients,
        "addOAuthClient": add_client,
        "removeOAuthClient": remove_client,
        "getOAuth": get_oauth,
        "setOAuth": set_oauth,
    }


def _settings(sandbox: Sandbox) -> dict[str, Any]:
    pkce = "required" if sandbox.oauth.pkce_required else "supported"
    return {"auto_consent": sandbox.oauth.auto_consent, "pkce": pkce}


def _document(client: Client, *, kept: bool) -> dict[str, Any]:
    return {
        "client_id": client.id,
        "name": client.name,
        "public": client.public,
        "redirect_uris": list(client.redirect_uris),
        "scopes": None if client.scopes is None else list(client.scopes),
        "development": client.development,
        "kept": kept,
    }


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid_body", f"{pointer} {detail}", errors=[Invalid(detail, pointer=pointer)])
