// An id out of the log of an app, whatever it is of, leads to its story.
import { get, of } from "./api.mjs";
import { el, fill, nothing } from "./dom.mjs";
import { go, link } from "./place.mjs";
import { collections, contract } from "./stated.mjs";

export const filters = ["find"];

export async function list(root, here) {
  const { data: sandboxes } = await get("/sandboxes");
  const names = [here.sandbox, ...sandboxes.map(({ name }) => name).filter((name) => name !== here.sandbox)];
  const prefixes = (await contract())["x-ids"]?.prefixes ?? {};
  const kind = Object.keys(prefixes).find((name) => here.find.startsWith(prefixes[name]));
  for (const sandbox of names) {
    const found = await place(sandbox, here.find, kind);
    if (found) return go(link({ sandbox, ...found }, {}), { replace: true });
  }
  fill(root, el("h2", {}, `Nothing is known of ${here.find}`),
    nothing(`No request, event, delivery or resource of ${names.length === 1 ? "this sandbox" : "any sandbox"} has that id. The journal keeps the latest requests alone; an id of another run is not known to this server.`),
    el("p", {}, el("a", { href: link({ view: "traffic", text: here.find }, { sandbox: here.sandbox }) }, "Look for it in paths and reasons")),
  );
  return {};
}

async function place(sandbox, id, kind) {
  const attempt = async (ask) => {
    try { return await ask(); } catch { return null; }
  };
  if (kind === "delivery") return (await attempt(() => get(`${of(sandbox)}/deliveries/${encodeURIComponent(id)}`))) && { view: "deliveries", delivery: id };
  if (kind === "webhook_event") {
    const found = await attempt(() => get(`${of(sandbox)}/deliveries`, { event: id }));
    return found?.data.length ? { view: "deliveries", event: id, delivery: found.data[0].id } : null;
  }
  if (!kind) return null;
  if (kind === "request") {
    const found = await attempt(() => get(`${of(sandbox)}/journal`, { request_id: id }));
    return found?.data.length ? { view: "traffic", request: found.data.at(-1).serial } : null;
  }
  for (const collection of await collections()) {
    if (await attempt(() => get(`${of(sandbox)}/resources/${collection}/${encodeURIComponent(id)}`))) return { view: "data", collection, id };
  }
  return null;
}
