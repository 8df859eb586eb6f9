// Webhook subscriptions.
import { parsed } from "./body.mjs";
import { Refusal, json } from "./problem.mjs";
import { iso } from "./site.mjs";

const TYPES = [
  "booking.created", "booking.cancelled", "booking.rescheduled",
  "event.created", "event.updated", "event.deleted", "calendar.synced",
];

export function subscribe({ site, account, body }) {
  const { url, events } = parsed(body);
  if (!secure(url)) throw new Refusal(422, "bad_url", "The url is one of https.");
  if (!Array.isArray(events) || !events.length || !events.every((each) => TYPES.includes(each)))
    throw new Refusal(422, "bad_events", `The events are some of ${TYPES.join(", ")}.`);
  const secret = site.secret(32);
  const hook = { id: site.id(), url, events: [...new Set(events)], created_at: iso(Date.now()), secret };
  account.hooks.set(hook.id, hook);
  return json(201, hook);
}

function secure(url) {
  try {
    return typeof url === "string" && new URL(url).protocol === "https:";
  } catch {
    return false;
  }
}

export function unsubscribe({ site, account, id }) {
  const owners = site.bugs.has("anybody-deletes-a-webhook") ? site.accounts : [account];
  const owner = owners.find((each) => each.hooks.has(id));
  if (!owner) throw new Refusal(404, "not_found", "There is no webhook of that id.");
  if (site.bugs.has("deleted-webhook-is-told")) (owner.gone ??= []).push(owner.hooks.get(id));
  owner.hooks.delete(id);
  return { status: 204, headers: {} };
}
