// A request once more, as it was or edited. Its key is masked, so it goes out with one that may do the same.
import { get, of, post } from "./api.mjs";
import { el, field, form } from "./dom.mjs";
import { go, link } from "./place.mjs";

// What a browser sets for itself, or what must not be sent twice.
const OWN = /^(host|connection|content-length|authorization|x-api-key|cookie|origin|referer|user-agent|accept-encoding|transfer-encoding|date|te|trailer|upgrade|keep-alive|expect|proxy-.*|sec-.*)$/;
const keys = new Map();

/** Sends it to the sandbox, and goes to the request that it became. */
export async function send(sandbox, { method, path, request, principal }) {
  const { root_url: root } = await get(of(sandbox));
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OWN.test(name)));
  if (principal) headers.Authorization = `Bearer ${await key(sandbox, principal)}`;
  const body = ["GET", "HEAD"].includes(method) ? undefined : request.body ?? undefined;
  // This server by the name that this page has for it.
  const answer = await fetch(new URL(root).pathname.replace(/\/$/, "") + path, { method, headers, body, redirect: "manual", credentials: "omit" });
  const { data } = await get(`${of(sandbox)}/journal`, { limit: 20 });
  const own = data.findLast((each) => each.method === method && each.path === path) ?? data.at(-1);
  if (own) go(link({ view: "traffic", request: own.serial }));
  return `Answered ${answer.status || "with a redirect"}${principal ? ", with a fresh key of the same scopes" : ""}.`;
}

async function key(sandbox, { scopes, account }) {
  const known = `${sandbox} ${account} ${scopes}`;
  if (!keys.has(known)) {
    const made = await post(`${of(sandbox)}/keys`, { scopes, owner: account === 2 ? "other" : "main", label: "dashboard" });
    keys.set(known, made.key);
  }
  return keys.get(known);
}

export function editor(sandbox, entry) {
  const { request, principal } = entry;
  const headers = Object.entries(request.headers).filter(([name]) => !OWN.test(name)).map(([name, value]) => `${name}: ${value}`);
  const act = (given) => {
    const fields = given.headers.split("\n").filter((line) => line.includes(":"));
    const named = Object.fromEntries(fields.map((line) => [line.slice(0, line.indexOf(":")).trim().toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
    const scopes = given.scopes.split(/[\s,]+/).filter(Boolean);
    return send(sandbox, { method: given.method, path: given.path, request: { headers: named, body: given.body || undefined }, principal: scopes.length ? { scopes, account: principal?.account ?? 1 } : null });
  };
  return form(
    [
      field("Method", "method", { value: entry.method, required: true }),
      field("Path and query", "path", { value: entry.path, required: true }),
      field("Scopes of its key (none: without one)", "scopes", { value: principal?.scopes.join(" ") ?? "" }),
      el("label", {}, el("span", {}, "Headers, one a line"), el("textarea", { name: "headers", rows: 3 }, headers.join("\n"))),
      el("label", {}, el("span", {}, "Body"), el("textarea", { name: "body", rows: 8 }, request.body ?? "")),
    ],
    "Send", act, { class: "editor", hidden: true, "aria-label": "Edit and send" },
  );
}
