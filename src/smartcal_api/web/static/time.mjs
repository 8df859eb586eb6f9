// The clock of a sandbox and what falls due by it; snapshots to come back to.
import { get, of, post, remove } from "./api.mjs";
import { button, el, facts, field, fill, form, nothing, shown } from "./dom.mjs";
import { link } from "./place.mjs";
import { past, row } from "./deliveries.mjs";

const STEPS = ["1m", "1h", "1d", "1w"];

export async function list(root, here) {
  const sandbox = of(here.sandbox);
  let difference = null;
  const show = async () => {
    const [{ now, frozen }, { data: pending }, { data: snapshots }] = await Promise.all([get(`${sandbox}/clock`), get(`${sandbox}/deliveries`, { state: "pending", limit: 200 }), get(`${sandbox}/snapshots`)]);
    const due = pending.filter(({ due_at: at }) => at).sort((a, b) => a.due_at.localeCompare(b.due_at));
    const did = (call, said) => async () => (await call(), await show(), said);
    const moved = (call) => async () => {
      const before = await get(`${sandbox}/deliveries`, { limit: 500 });
      await call();
      const after = await get(`${sandbox}/deliveries`, { limit: 500 });
      const fell = after.data.filter((each) => (before.data.find(({ id }) => id === each.id)?.attempts ?? 0) < each.attempts);
      await show();
      return `The clock was moved; ${fell.length === 1 ? "1 delivery fell due" : fell.length ? `${fell.length} deliveries fell due` : "no delivery fell due"} on the way.`;
    };
    fill(root, el("h2", {}, "Clock"),
      el("p", { class: "large" }, now, frozen ? " · stands still" : " · runs"),
      el("p", { class: "actions" },
        frozen ? button("Let it run", did(() => post(`${sandbox}/clock/resume`), "It runs.")) : button("Freeze", did(() => post(`${sandbox}/clock/freeze`), "It stands still.")),
        STEPS.map((by) => button(`+${by}`, moved(() => post(`${sandbox}/clock/advance`, { by })))),
        due.length ? button(`To the next thing due, ${due[0].due_at}`, moved(() => post(`${sandbox}/clock/set`, { now: past(due[0].due_at) }))) : null,
      ),
      form([field("To", "now", { required: true, placeholder: "2027-01-01T09:00:00Z, or now+2d" })], "Set", ({ now: to }) => moved(() => post(`${sandbox}/clock/set`, { now: to }))()),
      el("h3", {}, "What falls due"),
      due.length ? el("ol", { class: "plain" }, due.map((each) => row(each, link({ view: "deliveries", delivery: each.id })))) : nothing("No delivery waits for a later instant."),
      el("h2", {}, "Snapshots"),
      el("p", { class: "soft" }, "All data, deliveries and the clock, as they were. Restoring one takes everything back but the journal."),
      form([field("Name", "name", { required: true, placeholder: "before" })], "Save", ({ name }) => did(() => post(`${sandbox}/snapshots`, { name }), `Saved ${name}.`)()),
      snapshots.length
        ? el("ul", { class: "things" }, snapshots.map((each) => {
            const path = `${sandbox}/snapshots/${encodeURIComponent(each.name)}`;
            return el("li", {}, el("b", {}, each.name), ` at ${each.clock.now}, ${Math.ceil(each.bytes / 1024)} KiB `,
              button("Restore", did(() => post(`${path}/restore`), `It is as it was at ${each.clock.now}.`)),
              button("What has changed since", async () => { difference = await get(`${sandbox}/diff`, { from: each.name }); await show(); }),
              button("Fork", async () => { const made = await post(`${sandbox}/fork`, { snapshot: each.name }); return `Sandbox ${made.name} goes on from there: ${made.base_url}`; }),
              button("Remove", did(() => remove(path), "Removed."), { class: "danger" }));
          }))
        : nothing("There is none yet."),
      difference && changes(difference),
      el("h2", {}, "Begin anew"),
      el("p", { class: "actions" }, button("Reset the sandbox", did(() => post(`${sandbox}/reset`), "It is as it began."), { class: "danger" }), button("Fork it as it is now", async () => { const made = await post(`${sandbox}/fork`); return `Sandbox ${made.name} goes on from here: ${made.base_url}`; })),
    );
  };
  await show();
  return { changed: () => root.contains(document.activeElement) && document.activeElement.matches("input") || show() };
}

function changes({ added, changed, removed }) {
  const name = ({ collection, id }) => el("a", { href: link({ view: "data", collection, id }) }, `${collection} ${id}`);
  return el("section", { "aria-label": "What has changed" }, el("h3", {}, "What has changed since"),
    !added.length && !changed.length && !removed.length ? nothing("Nothing.") : null,
    facts([["Added", added.length ? el("ul", {}, added.map((each) => el("li", {}, name(each)))) : ""], ["Removed", removed.length ? el("ul", {}, removed.map((each) => el("li", {}, `${each.collection} ${each.id}`))) : ""]]),
    changed.map((each) => el("div", {}, name(each), shown(each.members))));
}
