// Webhook deliveries: by receiver, with every attempt, and what comes next on the sandbox's clock.
import { get, of, post } from "./api.mjs";
import { add, button, choice, el, facts, field, fill, form, nothing, shown } from "./dom.mjs";
import { elsewhere, go, link } from "./place.mjs";
import { control } from "./stated.mjs";
import { mark } from "./traffic.mjs";

export const filters = ["event", "status"];
export const opened = ["delivery"];
export const hint = "Choose a delivery to see its attempts, and to send it again.";
const STATES = ["pending", "leased", "delivered", "failed", "cancelled", "held"];

export async function list(root, here) {
  const kinds = (await control()).components.schemas.MisbehaviourWanted.properties.kind.enum;
  const show = async () => {
    const [{ data, counts }, { data: subscriptions }, { data: planned }] = await Promise.all([
      get(`${of(here.sandbox)}/deliveries`, { limit: 500, event: here.event, state: here.status }),
      get(`${of(here.sandbox)}/subscriptions`),
      get(`${of(here.sandbox)}/misbehaviours`),
    ]);
    const query = choice("State", "status", [["", "any"], ...STATES.map((each) => [each, `${each} (${counts[each] ?? 0})`])], here.status);
    query.addEventListener("change", (event) => go(link({ status: event.target.value, delivery: "" })));
    fill(root, el("h2", {}, "Deliveries"), el("div", { class: "filters" }, query), here.event && el("p", {}, `Of event ${here.event}. `, el("a", { href: elsewhere({ view: "deliveries" }) }, "All")));
    for (const each of subscriptions) {
      const own = data.filter(({ webhook }) => webhook === each.id);
      add(root, el("h3", {}, each.url),
        el("p", { class: "soft" }, `${each.id} · ${each.active ? each.events.join(", ") : `disabled: ${each.disabled_reason ?? "by its owner"}`}${each.health.exhausted_in_a_row ? ` · ${each.health.exhausted_in_a_row} given up in a row` : ""}`),
        own.length ? el("ol", { class: "plain", "aria-label": `Deliveries to ${each.url}` }, own.map((one) => row(one, link({ view: "deliveries", delivery: one.id })))) : nothing("Nothing was sent to it yet."),
      );
    }
    const gone = data.filter(({ webhook }) => !subscriptions.some(({ id }) => id === webhook));
    if (gone.length) add(root, el("h3", {}, "Subscriptions that are gone"), el("ol", { class: "plain" }, gone.map((one) => row(one, link({ view: "deliveries", delivery: one.id })))));
    if (!subscriptions.length && !data.length) add(root, nothing("There is no subscription, so nothing is delivered. Subscribe one here, or by POST /api/v1/webhooks."));
    add(root, subscribe(here), misbehave(here, planned, kinds));
    mark(root)(here);
  };
  await show();
  return { changed: show, select: mark(root) };
}

/** A line for a delivery: what, how it stands, and what comes next or why not. */
export function row(each, href) {
  const why = each.last ? `${reason(each.last)}${each.due_at ? `, next at ${each.due_at.slice(11, 19)}` : ", given up"}` : each.due_at ? `due ${each.due_at}` : `${each.attempts} ${each.attempts === 1 ? "attempt" : "attempts"}`;
  const wrong = each.state === "failed" || (each.state === "pending" && each.attempts > 0);
  return el("li", { "data-key": each.id, class: wrong ? "wrong" : "right" },
    el("a", { href, title: each.url }, el("b", { class: "status" }, each.state), el("span", { class: "what" }, each.event_type), el("time", { datetime: each.created_at }, each.created_at.slice(11, 19)), el("span", { class: "why" }, `${each.url}: ${why}`)));
}

/** An instant at which what falls due has fallen due: those that are told are rounded down to a second. */
export const past = (due) => new Date(Date.parse(due) + 1000).toISOString().replace(/\.\d+/, "");

const reason = ({ status, error, detail }) => (status ? `answered ${status}` : [error, detail].filter(Boolean).join(": ") || "no answer");

export async function detail(root, here) {
  const path = `${of(here.sandbox)}/deliveries/${encodeURIComponent(here.delivery)}`;
  const found = await get(path);
  const again = async (call, said) => (await call(), go(link({}), { replace: true }), said);
  add(root, el("h2", {}, `${found.event_type} to ${found.url}`),
    el("p", { class: found.state === "failed" ? "reason" : "" }, el("b", {}, found.state), found.due_at ? `, next at ${found.due_at} on the sandbox's clock` : found.attempts ? `, after ${found.attempts} ${found.attempts === 1 ? "attempt" : "attempts"}` : ""),
    el("p", { class: "actions" },
      button("Send again", () => again(() => post(`${path}/redeliver`), "It is on its way again.")),
      found.due_at && button("Jump to the next attempt", () => again(() => post(`${of(here.sandbox)}/clock/set`, { now: past(found.due_at) }), "The clock was moved, and what fell due was sent.")),
    ),
    facts([["Delivery", el("code", {}, found.id)], ["Event", el("a", { href: link({ event: found.event, delivery: "" }) }, found.event)], ["Subscription", el("code", {}, found.webhook)], ["Happened", found.created_at], ["Cause", found.cause]]),
    el("h3", {}, "Attempts"),
    found.attempt_log.length
      ? el("ol", { class: "attempts" }, found.attempt_log.map((each) => el("li", { class: each.status >= 200 && each.status < 300 ? "right" : "wrong" },
          el("b", {}, `${each.at} ${reason(each)}`), ` in ${each.duration_ms} ms`, each.misbehaviour && ` · ${each.misbehaviour} on purpose`, each.next_at && el("div", {}, `next at ${each.next_at}`), each.detail && each.status && el("div", {}, each.detail), each.answer && el("pre", { tabindex: "0" }, each.answer))))
      : nothing("None yet."),
    el("h3", {}, "Body, as it is signed"),
    shown(found.body),
    verify(found),
  );
}

function subscribe({ sandbox }) {
  const act = async ({ url, events, secret }) => {
    const made = await post(`${of(sandbox)}/subscriptions`, { url, events: events.split(/[\s,]+/).filter(Boolean), ...(secret ? { secret } : {}) });
    return `Subscribed ${made.id ?? made.resource?.id ?? ""}.`;
  };
  return el("details", {}, el("summary", {}, "Subscribe a receiver"), form([field("URL", "url", { type: "url", required: true, placeholder: "http://127.0.0.1:3000/hook" }), field("Event types", "events", { required: true, placeholder: "booking.created booking.cancelled" }), field("Secret (empty: a fresh one)", "secret")], "Subscribe", act));
}

function misbehave({ sandbox }, planned, kinds) {
  const act = ({ kind }) => post(`${of(sandbox)}/misbehaviours`, { kind }).then(() => "The next delivery misbehaves.");
  return el("details", {}, el("summary", {}, "Let the next delivery misbehave"), form([choice("How", "kind", kinds)], "Plan it", act), planned.length ? el("p", {}, `Planned: ${planned.map((each) => `${each.kind} × ${each.count}`).join(", ")}`) : null);
}

/** The signature of the body under a secret, worked out here; nothing is sent. */
function verify(found) {
  const place = el("p", { class: "code" });
  const act = async ({ secret, signature }) => {
    if (!crypto.subtle) throw new Error("A browser works this out on loopback and over TLS alone: open this page by such a name.");
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(JSON.stringify(found.body))));
    const hex = `sha256=${[...made].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
    place.textContent = hex;
    if (signature) return signature.trim() === hex ? "It is the signature of this body." : "It is not the signature of this body under this secret.";
    return "Worked out.";
  };
  return el("details", {}, el("summary", {}, "Verify a signature by hand"), form([field("Secret", "secret", { required: true, placeholder: "whsec_…" }), field("Signature that came", "signature", { placeholder: "sha256=…" })], "Work it out", act), place);
}
