// What was asked of a sandbox and answered: filtered, live, and each with its story.
import { get, of } from "./api.mjs";
import { choice, el, field, fill, nothing } from "./dom.mjs";
import { GONE, isThere, left } from "./gone.mjs";
import { go, link } from "./place.mjs";
import { rows } from "./rows.mjs";
import { story } from "./story.mjs";

const MOST = 10_000;
const PAGE = 1000;
export const filters = ["operation", "status", "principal", "text"];
export const opened = ["request"];
export const hint = "Choose a request to see its story.";

export const isWrong = ({ status, clause }) => status === null || status >= 400 || clause !== null;

export async function list(root, here) {
  const gone = !(await isThere(here.sandbox));
  const entries = (await (gone ? left : latest)(here.sandbox)).reverse();
  const known = (name) => [...new Set(entries.map(name).filter(Boolean))].sort();
  const principal = (entry) => entry.principal?.fingerprint ?? entry.principal;
  const query = el(
    "form", { class: "filters", "aria-label": "Filter" },
    choice("Operation", "operation", [["", "any"], ...new Set([...known((each) => each.operation), here.operation].filter(Boolean))], here.operation),
    choice("Status", "status", [["", "any"], "2xx", "3xx", "4xx", "5xx", ["none", "no answer"]], here.status),
    choice("Key or client", "principal", [["", "any"], ...new Set([...known(principal), here.principal].filter(Boolean))], here.principal),
    field("Text", "text", { value: here.text, type: "search", placeholder: "path, code, id" }),
  );
  query.addEventListener("submit", (event) => event.preventDefault());
  query.addEventListener("change", () => go(link({ ...Object.fromEntries(new FormData(query)) })));
  const fits = (each) => matches(each, here, principal);
  const listed = rows((entry) => row(entry, link({ view: "traffic", request: entry.serial })), { label: "Requests, the latest first" });
  const none = nothing("");
  const show = () => {
    const found = entries.filter(fits);
    none.textContent = found.length ? "" : entries.length ? "No request fits this filter." : "No request came yet. Send one: the server's page has a curl for it.";
    listed.set(found);
  };
  fill(root, el("h2", {}, "Traffic"), gone && el("p", { class: "soft" }, GONE), query, none, listed.element);
  show();
  let drawing = false;
  return {
    request(entry) {
      if (entry.sandbox !== here.sandbox || entries[0]?.serial >= entry.serial) return;
      entries.unshift(entry);
      if (entries.length > MOST) entries.length = MOST;
      drawing ||= Boolean(requestAnimationFrame(() => ((drawing = false), show())));
    },
    select: (now) => (mark(root)(now), listed.draw(), mark(root)(now)),
  };
}

/** As many as a list shows, oldest first; the control plane gives a thousand at a time. */
async function latest(sandbox) {
  const journal = `${of(sandbox)}/journal`;
  let { data } = await get(journal, { limit: PAGE });
  while (data.length % PAGE === 0 && data.length && data.length < MOST && data[0].serial > 1) {
    const since = Math.max(1, data[0].serial - PAGE);
    const more = (await get(journal, { limit: PAGE, since })).data.filter(({ serial }) => serial < data[0].serial);
    if (!more.length) break;
    data = [...more, ...data];
  }
  return data;
}

export const detail = (root, here) => story(root, here);

/** A line for a request, and a second one for what refused it. */
export function row(entry, href) {
  const clause = entry.clause;
  return el(
    "li", { "data-key": entry.serial, class: isWrong(entry) ? "wrong" : "right" },
    el(
      "a", { href, title: entry.path },
      el("b", { class: "status" }, entry.status ?? "none"),
      el("span", { class: "what" }, `${entry.method} ${entry.path}`),
      el("time", { datetime: entry.time }, entry.time.slice(11, 19)),
      el("span", { class: "why" }, clause ? `${clause.code}: ${clause.detail}` : [entry.operation, ...(entry.faults ?? [])].filter(Boolean).join(" · ") || "no operation"),
    ),
  );
}

/** Says which of the rows is opened. */
export const mark = (root) => ({ request, delivery }) => {
  for (const each of root.querySelectorAll("li[data-key] > a")) {
    const key = each.parentElement.dataset.key;
    if (key && (key === request || key === delivery)) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
};

function matches(entry, { operation, status, principal, text }, principalOf) {
  const answered = String(entry.status ?? "none");
  return (
    (!operation || entry.operation === operation) &&
    (!status || answered === status || (status.endsWith("xx") && answered[0] === status[0])) &&
    (!principal || principalOf(entry) === principal) &&
    (!text || `${entry.method} ${entry.path} ${entry.request_id} ${entry.clause?.code ?? ""} ${entry.clause?.detail ?? ""}`.toLowerCase().includes(text.toLowerCase()))
  );
}
