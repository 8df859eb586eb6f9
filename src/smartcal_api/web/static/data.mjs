// The resources of a sandbox: listed, searched, edited, put, and what was asked about one.
import { get, of, put, remove } from "./api.mjs";
import { add, button, choice, el, field, fill, form, nothing, shown } from "./dom.mjs";
import { elsewhere, go, link } from "./place.mjs";
import { collections } from "./stated.mjs";
import { mark, row as request } from "./traffic.mjs";

export const filters = ["collection", "text"];
export const opened = ["id"];
export const hint = "Choose a resource to see, edit and put it.";
const MOST = 1000;

export async function list(root, here) {
  const names = await collections();
  const collection = here.collection || names[0];
  const query = el("form", { class: "filters", "aria-label": "Filter" }, choice("Kind", "collection", names, collection), field("Text", "text", { value: here.text, type: "search", placeholder: "any text in it" }));
  query.addEventListener("submit", (event) => event.preventDefault());
  query.addEventListener("change", () => go(link({ ...Object.fromEntries(new FormData(query)), id: "" })));
  const place = el("div", {});
  const show = async () => {
    const { data, total } = await get(`${of(here.sandbox)}/resources/${collection}`, { limit: MOST });
    const found = data.filter(({ resource }) => JSON.stringify(resource).toLowerCase().includes(here.text.toLowerCase()));
    fill(place, el("p", { class: "soft" }, `${found.length} of ${total}${total > MOST ? `, of which the first ${MOST} are looked through` : ""}`),
      found.length ? el("ol", { class: "plain", "aria-label": collection }, found.map((each) => line(each, collection))) : nothing(here.text ? "None has that text." : "There is none. Put one, or reset the sandbox."),
    );
    mark(root)({ request: here.id });
  };
  fill(root, el("h2", {}, "Data"), query, place);
  await show();
  return { changed: show, select: ({ id }) => mark(root)({ request: id }) };
}

function line({ owner, resource }, collection) {
  const { id, title, name, url, status, start_time: start } = resource;
  return el("li", { "data-key": id },
    el("a", { href: link({ view: "data", collection, id }) }, el("b", { class: "status" }, status ?? (owner === "main" ? "" : "other")), el("span", { class: "what" }, title ?? name ?? url ?? resource.invitee?.name ?? id), el("time", {}, start?.slice(0, 10) ?? ""), el("span", { class: "why" }, id)));
}

export async function detail(root, here) {
  const path = `${of(here.sandbox)}/resources/${here.collection}/${encodeURIComponent(here.id)}`;
  const { owner, resource } = await get(path);
  const text = el("textarea", { name: "resource", rows: 18, spellcheck: "false" }, JSON.stringify(resource, null, 2));
  const save = async () => {
    const made = await put(`${path}?owner=${owner}`, JSON.parse(text.value));
    return `Put. ${made.events.length ? `Told: ${made.events.map(({ type }) => type).join(", ")}.` : "Nobody had to be told."}`;
  };
  const { data } = await get(`${of(here.sandbox)}/journal`, { limit: 1000 });
  const about = data.filter((each) => each.path.includes(here.id) || each.response?.body?.includes(here.id)).reverse().slice(0, 50);
  add(root, el("h2", {}, `${here.collection} ${here.id}`), el("p", { class: "soft" }, `Of the ${owner} account.`), shown(resource),
    el("details", {}, el("summary", {}, "Edit and put"), form([el("label", {}, el("span", {}, "As it should be; what is left out is filled in"), text)], "Put", save)),
    el("p", { class: "actions" }, button("Take it away", async () => (await remove(path), go(elsewhere({ view: "data", collection: here.collection })), "It is gone."), { class: "danger" })),
    el("h3", {}, "What was asked about it"),
    about.length ? el("ol", { class: "plain" }, about.map((each) => request(each, link({ view: "traffic", request: each.serial, id: "", collection: "" })))) : nothing("Nothing that the journal still has."),
  );
}
