// The story of a request: what came, what was answered, why, what came of it, and how to have it once more.
import { get, of } from "./api.mjs";
import { add, button, el, facts, fill, form, nothing, say, shown } from "./dom.mjs";
import { GONE, isThere, left } from "./gone.mjs";
import { link } from "./place.mjs";
import * as deliveries from "./deliveries.mjs";
import { editor, send } from "./sending.mjs";

export async function story(root, here) {
  const journal = `${of(here.sandbox)}/journal`;
  if (!(await isThere(here.sandbox))) return outline(root, here, await left(here.sandbox));
  const entry = await get(`${journal}/${encodeURIComponent(here.request)}`);
  const { clause, principal, request, response } = entry;
  add(root, el("h2", {}, `${entry.method} ${entry.path}`),
    reason(entry),
    el("p", { class: "actions" },
      button("Send again", () => send(here.sandbox, entry)),
      button("Edit and send", () => { edit.hidden = !edit.hidden; edit.querySelector("input,textarea")?.focus(); }),
      button("Copy curl", () => navigator.clipboard.writeText(entry.curl).then(() => "Copied; put a key in place of the masked one.")),
      button("Copy link", () => navigator.clipboard.writeText(location.origin + link({ view: "traffic" })).then(() => "Copied.")),
    ),
  );
  const edit = editor(here.sandbox, entry);
  add(root, edit,
    facts([
      ["Answered", answered(entry)],
      ["When", `${entry.time} on the sandbox's clock`],
      ["Request id", el("code", {}, entry.request_id)],
      ["Operation", entry.operation ? el("a", { href: link({ view: "traffic", operation: entry.operation, request: "" }) }, entry.operation) : "none of the contract"],
      ["Credential", principal ? el("a", { href: link({ view: "access", request: "" }) }, `${principal.fingerprint} (${principal.scopes.join(", ")})`) : "none that is good"],
      ["Faults", entry.faults.join(", ")],
    ]),
  );
  if (clause) add(root, await why(clause));
  add(root, el("h3", {}, "Request"), message(request, "It had no body."),
    el("h3", {}, "Answer"), response ? message(response, "It had no body.") : nothing("There was none."),
  );
  add(root, ...(await consequences(here, entry)));
  add(root, el("h3", {}, "curl"), shown(entry.curl), comparison(journal, here, entry));
}

/** Of a request to a sandbox that is gone. */
async function outline(root, here, requests) {
  const entry = requests.find(({ serial }) => String(serial) === here.request);
  if (!entry) return add(root, nothing(`The server no longer has number ${here.request} of the sandbox ${here.sandbox}, which is gone.`));
  add(root, el("h2", {}, `${entry.method} ${entry.path}`), reason(entry), el("p", { class: "soft" }, GONE),
    facts([
      ["Answered", answered(entry)],
      ["When", `${entry.time} on the sandbox's clock`],
      ["Request id", el("code", {}, entry.request_id)],
      ["Operation", entry.operation ?? "none of the contract"],
      ["Credential", entry.principal ?? "none that is good"],
      ["Faults", entry.faults.join(", ")],
    ]),
  );
  if (entry.clause) add(root, await why(entry.clause));
}

const reason = ({ status, clause }) => clause && el("p", { class: "reason" }, el("b", {}, `${status ?? "No answer"} ${clause.code}. `), clause.detail);
const answered = ({ status, duration_ms: took }) => (status === null ? "by nothing: the connection was dropped" : `${status} in ${took.toFixed(1)} ms`);

function message({ headers, body, body_bytes: bytes }, none) {
  return el("div", {},
    el("details", {}, el("summary", {}, `${Object.keys(headers).length} headers`), facts(Object.entries(headers))),
    body ? shown(body) : nothing(bytes ? `Its body of ${bytes} bytes was not read.` : none));
}

/** What the contract says at the place that refused it. */
async function why(clause) {
  const contract = await get("/contract");
  const found = clause.pointer.split("/").slice(1).reduce((inside, name) => inside?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
  const rest = Object.entries(clause).filter(([name]) => !["pointer", "code", "detail"].includes(name));
  return el("details", { open: found !== undefined && JSON.stringify(found).length < 600 },
    el("summary", {}, "The contract says, at ", el("code", {}, clause.pointer)),
    facts(rest.map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)])),
    found === undefined ? nothing("It has nothing there any more: it was edited since.") : shown(found));
}

/** The resource that it is about, and what was delivered at that moment. */
async function consequences({ sandbox }, entry) {
  const parts = [];
  let answered = null;
  try { answered = JSON.parse(entry.response?.body ?? "null"); } catch { /* not JSON, so of no resource */ }
  if (answered?.id && answered.object) {
    const collection = answered.object.split("_").map((each) => each[0].toUpperCase() + each.slice(1)).join("");
    parts.push(el("p", {}, el("a", { href: link({ view: "data", collection, id: answered.id, request: "" }) }, `See ${answered.id} as it is now`)));
  }
  if (!["GET", "HEAD", "OPTIONS"].includes(entry.method) && entry.status < 300) {
    const { data } = await get(`${of(sandbox)}/deliveries`, { limit: 200 });
    const sent = data.filter((each) => each.created_at === entry.time);
    parts.push(el("h3", {}, "Deliveries of that moment"));
    parts.push(sent.length ? el("ol", { class: "plain" }, sent.map((each) => deliveries.row(each, link({ view: "deliveries", delivery: each.id, request: "" })))) : nothing("None: no active subscription names what happened."));
  }
  return parts;
}

/** Beside another one: what differs, line by line. */
function comparison(journal, here, entry) {
  const place = el("div", {});
  const compare = async ({ serial }) => {
    const other = await get(`${journal}/${encodeURIComponent(serial.replace("#", ""))}`);
    const lines = (each) => JSON.stringify({ asked: `${each.method} ${each.path}`, request: each.request, status: each.status, response: each.response }, null, 1).split("\n");
    const [mine, theirs] = [lines(entry), lines(other)];
    const only = (from, beside, sign) => from.filter((line) => !beside.includes(line)).map((line) => el("span", { class: sign === "+" ? "good" : "bad" }, `${sign} ${line}\n`));
    fill(place, el("pre", { tabindex: "0" }, only(mine, theirs, "-"), only(theirs, mine, "+")));
    if (!place.textContent.trim()) say("They are the same.");
  };
  const known = el("input", { name: "serial", inputmode: "numeric", required: true, value: here.with });
  return el("details", {}, el("summary", {}, "Compare with another request"), form([el("label", {}, el("span", {}, "Its number"), known)], "Compare", compare), el("p", { class: "soft" }, `This one is number ${entry.serial}.`), place);
}
