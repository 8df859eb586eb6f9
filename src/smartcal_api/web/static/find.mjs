// An id out of the log of an app, whatever it is of, leads to its story.
import { get, of } from "./api.mjs";
import { el, fill, nothing } from "./dom.mjs";
import { departed } from "./gone.mjs";
import { go, link } from "./place.mjs";
import { collections, contract } from "./stated.mjs";

export const filters = ["find"];
const MOST = 1000;
const ID = /^[\w.-]+$/;

export async function list(root, here) {
  const { data: sandboxes } = await get("/sandboxes");
  // The same id can stand in several that were made of one seed: the one that is looked at comes first.
  const first = (each, other) => (other === here.sandbox) - (each === here.sandbox);
  const names = sandboxes.map(({ name }) => name).sort(first);
  const prefixes = (await contract())["x-ids"]?.prefixes ?? {};
  const kind = Object.keys(prefixes).find((name) => here.find.startsWith(prefixes[name]));
  const left = async () => {
    for (const { sandbox, requests } of (await departed()).sort((a, b) => first(a.sandbox, b.sandbox))) {
      const found = requests.find((each) => each.request_id === here.find);
      if (found) return { sandbox, view: "traffic", request: found.serial };
    }
    return null;
  };
  const gone = names.includes(here.sandbox) ? null : await left();
  if (gone) return go(link(gone, {}), { replace: true });
  for (const sandbox of names) {
    const found = ID.test(here.find) && (await place(sandbox, here.find, kind));
    if (found) return go(link({ sandbox, ...found }, {}), { replace: true });
  }
  const last = await left();
  if (last) return go(link(last, {}), { replace: true });
  fill(root, el("h2", {}, `Nothing is known of ${here.find}`),
    nothing(`No request, event, delivery or resource of ${names.length === 1 ? "this sandbox" : "any sandbox"} has that id. The journal keeps the latest requests alone; an id of another run is not known to this server.`),
    el("p", {}, el("a", { href: link({ view: "traffic", text: here.find }, { sandbox: here.sandbox }) }, "Look for it in paths and reasons")),
  );
  return {};
}

/** Looked for in lists: to ask for each thing by itself would be a 404 each time, which a browser takes for an error. */
async function place(sandbox, id, kind) {
  // A contract that has no prefixes for ids leaves open what this one is of.
  const may = (...names) => kind === undefined || names.includes(kind);
  if (may("delivery", "webhook_event")) {
    const { data } = await get(`${of(sandbox)}/deliveries`, { limit: 500 });
    const found = data.find((each) => each.id === id || each.event === id);
    if (found) return { view: "deliveries", delivery: found.id, ...(found.event === id && { event: id }) };
  }
  if (may("request")) {
    const { data } = await get(`${of(sandbox)}/journal`, kind ? { request_id: id } : { limit: MOST });
    const found = data.findLast((each) => each.request_id === id);
    if (found) return { view: "traffic", request: found.serial };
  }
  if (["delivery", "webhook_event", "request"].includes(kind)) return null;
  for (const collection of await collections(kind)) {
    const path = `${of(sandbox)}/resources/${collection}`;
    // A schema with ids need not be of anything that is kept.
    const { data, total } = await get(path, { limit: MOST }).catch(() => ({ data: [], total: 0 }));
    const found = data.some(({ resource }) => resource.id === id) || (total > MOST && (await get(`${path}/${encodeURIComponent(id)}`).catch(() => null)));
    if (found) return { view: "data", collection, id };
  }
  return null;
}
