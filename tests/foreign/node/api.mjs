// The operations of the API.
import { Refusal, json, page } from "./problem.mjs";
import { cancel } from "./cancelling.mjs";
import { list } from "./listing.mjs";
import { subscribe, unsubscribe } from "./subscribing.mjs";
import { SCOPES } from "./site.mjs";

const one = (name) => ({ account, site, id }) => json(200, shown(found(site, account, name, id)));
const many = (name) => ({ site, account, query }) => json(200, list(site, account, name, query));
const shown = ({ secret, ...rest }) => rest;

const ROUTES = [
  ["/events", { GET: ["read", many("events")] }],
  ["/events/:id", { GET: ["read", one("events")] }],
  ["/booking-pages", { GET: ["read", many("pages")] }],
  ["/booking-pages/:id", { GET: ["read", one("pages")] }],
  ["/bookings", { GET: ["read", many("bookings")] }],
  ["/bookings/:id", { GET: ["read", one("bookings")] }],
  ["/bookings/:id/cancel", { POST: ["write", cancel] }],
  ["/webhooks", { GET: ["webhooks", many("hooks")], POST: ["webhooks", subscribe] }],
  ["/webhooks/:id", { DELETE: ["webhooks", unsubscribe] }],
  ["/me", { GET: ["read", me] }],
];

function me({ account, caller }) {
  return json(200, { id: account.id, name: account.name, email: account.email, scopes: caller.scopes });
}

export function found(site, account, name, id) {
  const everybody = name === "pages" && site.bugs.has("pages-of-anybody");
  const row = (everybody ? site.accounts : [account]).map((each) => each[name].get(id)).find(Boolean);
  if (!row) throw new Refusal(404, "not_found", "There is nothing of that id.");
  return row;
}

function route(path) {
  const parts = path.replace(/^\/api\/v1/, "").split("/");
  for (const [pattern, methods] of ROUTES) {
    const wanted = pattern.split("/");
    const at = wanted.indexOf(":id");
    if (wanted.length === parts.length && wanted.every((each, i) => i === at || each === parts[i]))
      return { methods, id: at < 0 ? undefined : decoded(parts[at]) };
  }
  return null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function answer(site, request, caller) {
  const at = request.path.startsWith("/api/v1/") ? route(request.path) : null;
  if (!at) return page(404, "Nothing is here");
  const { bugs } = site;
  const head = request.method === "HEAD";
  const operation = at.methods[head ? "GET" : request.method];
  const allowed = Object.keys(at.methods).flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each]));
  const allow = bugs.has("405-without-allow") ? {} : { Allow: allowed.join(", ") };
  if (!operation) throw new Refusal(405, "method_not_allowed", "That can't be done here.", allow);
  if (!caller) {
    const challenge = { "WWW-Authenticate": 'Bearer realm="api"' };
    throw new Refusal(401, "unauthorized", "Send a valid API key or access token.", challenge);
  }
  const [scope, act] = operation;
  const unchecked =
    (head && bugs.has("head-asks-for-no-scope")) ||
    (caller.kind === "token" && bugs.has("tokens-may-do-everything")) ||
    (request.path.endsWith("/me") && bugs.has("account-asks-for-no-scope"));
  if (!unchecked && !caller.scopes.includes(scope) && !caller.scopes.includes("admin"))
    throw new Refusal(403, "forbidden", `This needs the scope ${scope}, one of ${SCOPES.join(", ")}.`);
  const query = new URLSearchParams(request.query);
  try {
    return act({ site, account: caller.account, caller, id: at.id, query, body: request.body });
  } catch (error) {
    if (head && error.status === 404 && bugs.has("head-finds-everything")) return json(200, {});
    throw error;
  }
}
