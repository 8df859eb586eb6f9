// oauth4webapi, which follows the RFCs to the letter, goes through the whole flow as three kinds of client, and
// openid-client through what it makes of it; in the default sandbox and in another one, each found by its issuer alone.
// Usage: node oauth_flow.mjs READY_FILE of a server that runs with --oauth-consent auto.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

const ready = JSON.parse(await readFile(process.argv[2], "utf8"));
const redirectUri = "http://127.0.0.1:5001/callback";
const insecure = { [oauth.allowInsecureRequests]: true }; // a mock on loopback has no TLS

const control = async (path, method, body) => {
  const answer = await fetch(`${ready.control_url}/sandboxes${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
};
const made = await control("", "POST", { name: "issuer" });
await control("/issuer/oauth", "PATCH", { auto_consent: true });

for (const sandbox of [ready, made]) {
  await withOauth4webapi(sandbox);
  await withOpenidClient(sandbox);
}

async function withOauth4webapi(sandbox) {
  const issuer = new URL(sandbox.root_url);

  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }),
  );
  const [app, open] = sandbox.oauth.clients;
  const secret = app.client_secret;

  const flows = [
    { name: "secret in the body", client_id: app.client_id, authentication: oauth.ClientSecretPost(secret) },
    { name: "secret by Basic", client_id: app.client_id, authentication: oauth.ClientSecretBasic(secret) },
    { name: "no secret", client_id: open.client_id, authentication: oauth.None() },
  ];

  for (const { name, client_id, authentication } of flows) {
    const client = { client_id };
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();

    const link = new URL(as.authorization_endpoint);
    link.search = new URLSearchParams({
      client_id,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: "read write",
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    const back = new URL((await fetch(link, { redirect: "manual" })).headers.get("location"));
    // Checks state, and iss against the metadata (RFC 9207).
    const answer = oauth.validateAuthResponse(as, client, back, state);

    const redeem = () =>
      oauth.authorizationCodeGrantRequest(as, client, authentication, answer, redirectUri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, await redeem());
    assert.equal(tokens.scope, "read write");

    const me = async (token) =>
      oauth.protectedResourceRequest(token, "GET", new URL(`${sandbox.base_url}/me`), undefined, undefined, insecure);
    assert.equal((await (await me(tokens.access_token)).json()).auth_method, "oauth");

    const renewed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, insecure),
    );
    assert.notEqual(renewed.refresh_token, tokens.refresh_token);

    const revoked = await oauth.revocationRequest(as, client, authentication, renewed.refresh_token, insecure);
    assert.equal(await oauth.processRevocationResponse(revoked), undefined);
    await assert.rejects(me(renewed.access_token), oauth.WWWAuthenticateChallengeError);

    await assert.rejects(
      oauth.processAuthorizationCodeResponse(as, client, await redeem()),
      (error) => error instanceof oauth.ResponseBodyError && error.error === "invalid_grant",
    );
    console.log(`${issuer.href} ${client_id}, ${name}: fine`);
  }

  const wrong = await oauth.refreshTokenGrantRequest(
    as,
    { client_id: app.client_id },
    oauth.ClientSecretBasic("wrong"),
    "x",
    insecure,
  );
  await assert.rejects(oauth.processRefreshTokenResponse(as, { client_id: app.client_id }, wrong), (error) => {
    const challenged = error instanceof oauth.WWWAuthenticateChallengeError && error.cause[0].scheme === "basic";
    return challenged || error.error === "invalid_client";
  });
  console.log(`${app.client_id}, wrong secret: refused as it should be`);
}

async function withOpenidClient(sandbox) {
  const [{ client_id, client_secret }] = sandbox.oauth.clients;
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const discovered = await openid.discovery(new URL(sandbox.root_url), client_id, client_secret, undefined, options);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const link = openid.buildAuthorizationUrl(discovered, {
    redirect_uri: redirectUri,
    scope: "read",
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const back = new URL((await fetch(link, { redirect: "manual" })).headers.get("location"));
  const tokens = await openid.authorizationCodeGrant(discovered, back, { pkceCodeVerifier });
  const me = await openid.fetchProtectedResource(discovered, tokens.access_token, new URL(`${sandbox.base_url}/me`), "GET");
  assert.equal((await me.json()).auth_method, "oauth");
  console.log(`${sandbox.root_url} ${client_id}, discovered by openid-client: fine`);
}
