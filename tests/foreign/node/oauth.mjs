// RFC 6749: the authorization and the token endpoint. Whoever comes is signed in already, and has agreed already.
import { json, page } from "./problem.mjs";
import { SCOPES } from "./site.mjs";

const ONCE = { "Cache-Control": "no-store", Pragma: "no-cache" };

export function oauth(site, request) {
  const [methods, act] = { "/oauth/authorize": ["GET, HEAD", authorize], "/oauth/token": ["POST", token] }[request.path] ?? [];
  if (!act) return page(404, "Nothing is here");
  if (!methods.split(", ").includes(request.method)) return page(405, "That can't be done here", { Allow: methods });
  return act(site, request);
}

const once = (given, name) => given.getAll(name).filter((each) => each !== "");

function authorize(site, request) {
  const given = new URLSearchParams(request.query);
  const [ids, uris] = [once(given, "client_id"), once(given, "redirect_uri")];
  const client = ids.length === 1 ? site.grants.client(ids[0]) : undefined;
  if (!client) return page(400, "That app is unknown");
  const same = site.bugs.has("redirect-uri-in-any-case")
    ? (uri) => uri.toLowerCase() === uris[0].toLowerCase()
    : (uri) => uri === uris[0];
  if (uris.length !== 1 || !client.uris.some(same)) return page(400, "That address is not registered");
  const wrong = fault(given);
  const state = rawState(request.query, site.bugs.has("plus-in-state-is-a-plus"));
  if (wrong) return back(uris[0], { error: wrong }, site.bugs.has("error-loses-the-state") ? null : state);
  const scopes = [...new Set((once(given, "scope")[0] ?? "read").split(" "))];
  const challenge = once(given, "code_challenge")[0] ?? null;
  return back(uris[0], { code: site.grants.code(client, uris[0], scopes, challenge) }, state);
}

function fault(given) {
  const repeated = [...new Set(given.keys())].some((name) => KNOWN.has(name) && once(given, name).length > 1);
  const [type] = once(given, "response_type");
  if (repeated || !type) return "invalid_request";
  if (type !== "code") return "unsupported_response_type";
  const scope = once(given, "scope")[0] ?? "read";
  if (!scope.split(" ").every((each) => SCOPES.includes(each))) return "invalid_scope";
  const [challenge] = once(given, "code_challenge");
  const [method] = once(given, "code_challenge_method");
  if (challenge === undefined) return method === undefined ? null : "invalid_request";
  return method === "S256" && /^[A-Za-z0-9_-]{43}$/.test(challenge) ? null : "invalid_request";
}

const KNOWN = new Set(["response_type", "scope", "state", "code_challenge", "code_challenge_method"]);

// The state goes back as it came, without being decoded in between.
function rawState(query, wrongly) {
  const pair = query.split("&").find((each) => each.startsWith("state="));
  const text = pair?.slice("state=".length);
  return wrongly ? text?.replaceAll("%2B", "+").replaceAll("%2b", "+") : text;
}

function back(uri, values, state) {
  const query = new URLSearchParams(values).toString() + (state ? `&state=${state}` : "");
  return page(302, "Going back", { Location: `${uri}${uri.includes("?") ? "&" : "?"}${query}` });
}

function denied(status, error, why) {
  const challenge = status === 401 ? { "WWW-Authenticate": 'Basic realm="oauth"' } : {};
  return json(status, { error, error_description: why }, { ...ONCE, ...challenge });
}

function token(site, request) {
  const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return denied(400, "invalid_request", "Send a form.");
  const form = new URLSearchParams(request.body.toString());
  if ([...new Set(form.keys())].some((name) => once(form, name).length > 1))
    return denied(400, "invalid_request", "A parameter stands there twice.");
  const value = (name) => once(form, name)[0];
  const basic = /^basic +(\S+)$/i.exec(request.headers.authorization ?? "");
  if (basic && value("client_secret")) return denied(400, "invalid_request", "Authenticate in one way.");
  if (basic && site.bugs.has("basic-is-refused")) return denied(401, "invalid_client", "Send the secret in the form.");
  const [id, secret] = basic ? pair(basic[1]) : [value("client_id"), value("client_secret")];
  const client = site.grants.client(id);
  if (!client || !site.grants.proves(client, secret)) return denied(401, "invalid_client", "That app is unknown.");
  if (!value("grant_type")) return denied(400, "invalid_request", "There is no grant_type.");
  if (value("grant_type") !== "authorization_code") return denied(400, "unsupported_grant_type", "Send a code.");
  if (!value("code")) return denied(400, "invalid_request", "There is no code.");
  const got = site.grants.exchange(client, value("code"), value("redirect_uri"), value("code_verifier"));
  return got ? json(200, got, ONCE) : denied(400, "invalid_grant", "That code is not good here.");
}

function pair(text) {
  const [id, ...rest] = Buffer.from(text, "base64").toString().split(":");
  try {
    return [id, rest.join(":")].map((each) => decodeURIComponent(each.replaceAll("+", " ")));
  } catch {
    return [undefined, undefined];
  }
}
