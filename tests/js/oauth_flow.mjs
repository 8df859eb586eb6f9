// oauth4webapi, which follows the RFCs to the letter, goes through the whole flow as three kinds of client.
// Usage: node oauth_flow.mjs READY_FILE of a server that runs with --oauth-consent auto.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as oauth from "oauth4webapi";

const ready = JSON.parse(await readFile(process.argv[2], "utf8"));
const redirectUri = "http://127.0.0.1:5001/callback";
const insecure = { [oauth.allowInsecureRequests]: true }; // a mock on loopback has no TLS
const issuer = new URL(ready.root_url);

const as = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }),
);
const secret = ready.oauth.clients.find((each) => each.client_id === "demo_app").client_secret;

const flows = [
  { name: "secret in the body", client_id: "demo_app", authentication: oauth.ClientSecretPost(secret) },
  { name: "secret by Basic", client_id: "demo_app", authentication: oauth.ClientSecretBasic(secret) },
  { name: "no secret", client_id: "demo_public", authentication: oauth.None() },
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
    oauth.protectedResourceRequest(token, "GET", new URL(`${ready.base_url}/me`), undefined, undefined, insecure);
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
  console.log(`${client_id}, ${name}: fine`);
}

const wrong = await oauth.refreshTokenGrantRequest(
  as,
  { client_id: "demo_app" },
  oauth.ClientSecretBasic("wrong"),
  "x",
  insecure,
);
await assert.rejects(oauth.processRefreshTokenResponse(as, { client_id: "demo_app" }, wrong), (error) => {
  const challenged = error instanceof oauth.WWWAuthenticateChallengeError && error.cause[0].scheme === "basic";
  return challenged || error.error === "invalid_client";
});
console.log("demo_app, wrong secret: refused as it should be");
