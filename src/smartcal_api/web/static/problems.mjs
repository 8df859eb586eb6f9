// What went wrong last, in every sandbox: refused requests and deliveries that failed, each with its reason.
import { get, of } from "./api.mjs";
import { add, el, fill, nothing } from "./dom.mjs";
import { elsewhere, go, link, place } from "./place.mjs";
import * as deliveries from "./deliveries.mjs";
import * as traffic from "./traffic.mjs";

const MOST = 100;
const SANDBOXES = 40;
export const opened = ["request", "delivery"];
export const hint = "Choose one to see what was sent, what was answered, and which clause of the contract says so.";

export async function list(root) {
  const latest = await get("/journal", { limit: MOST });
  const refused = latest.data
    .map(({ sandbox, requests }) => [sandbox, requests.filter((each) => traffic.isWrong(each)).reverse()]);
  const gone = latest.data.filter(({ deleted }) => deleted).map(({ sandbox }) => sandbox);
  const { data: sandboxes } = await get("/sandboxes");
  const failed = await Promise.all(sandboxes.slice(0, SANDBOXES).map(async ({ name }) => [name, await wrong(name)]));
  const there = sandboxes.map(({ name }) => name);
  const names = [...new Set([...there, ...gone])];
  const parts = names
    .map((name) => [name, refused.findLast(([each]) => each === name)?.[1] ?? [], failed.find(([each]) => each === name)?.[1] ?? []])
    .filter(([, requests, sent]) => requests.length || sent.length)
    // The one that is looked at first; then those that were made last.
    .sort(([a], [b]) => (b === place().sandbox) - (a === place().sandbox) || names.indexOf(b) - names.indexOf(a));
  fill(root, el("h2", {}, "What went wrong"));
  if (!parts.length) {
    add(root, nothing("Nothing went wrong: no request was refused, and no delivery failed. ", el("a", { href: elsewhere({ view: "traffic" }) }, "See all traffic"), ", or send a first request as ", el("a", { href: elsewhere({ view: "server" }) }, "the server's page"), " shows."));
  }
  for (const [name, requests, sent] of parts) {
    if (parts.length > 1 || name !== "default") add(root, el("h3", {}, there.includes(name) ? `Sandbox ${name}` : `Sandbox ${name}, gone`));
    const items = [
      ...requests.map((each) => [each.time, traffic.row({ ...each, sandbox: name }, link({ view: "problems", sandbox: name, request: each.serial }, {}))]),
      ...sent.map((each) => [each.last?.at ?? each.created_at, deliveries.row(each, link({ view: "problems", sandbox: name, delivery: each.id }, {}))]),
    ].sort(([a], [b]) => b.localeCompare(a));
    add(root, el("ol", { class: "plain", "aria-label": `What went wrong in ${name}, the latest first` }, items.map(([, item]) => item)));
  }
  // Beside the list there is room for what went wrong last.
  const newest = root.querySelector("li > a");
  const { request, delivery } = place();
  if (newest && !request && !delivery && matchMedia("(min-width: 60rem)").matches) queueMicrotask(() => go(newest.href, { replace: true }));
  const again = () => list(root);
  let soon;
  return {
    changed: again,
    request: (entry) => traffic.isWrong(entry) && (clearTimeout(soon), (soon = setTimeout(again, 300))),
    select: traffic.mark(root),
  };
}

export const detail = (root, here) => (here.delivery ? deliveries.detail(root, here) : traffic.detail(root, here));

/** Deliveries that failed, or did so far, with the reason of the last attempt. */
async function wrong(sandbox) {
  const lists = await Promise.all(["failed", "pending"].map((state) => get(`${of(sandbox)}/deliveries`, { state, limit: 20 })));
  const found = lists.flatMap(({ data }) => data).filter((each) => each.state === "failed" || each.attempts > 0).slice(0, 20);
  return Promise.all(found.map(async (each) => ({ ...each, last: (await get(`${of(sandbox)}/deliveries/${each.id}`)).attempt_log.at(-1) })));
}
