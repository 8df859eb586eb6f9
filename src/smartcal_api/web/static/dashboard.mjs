// The page: which view is shown, in which sandbox, and what the stream says of it.
import { get, of } from "./api.mjs";
import { add, el, fill, nothing } from "./dom.mjs";
import { isThere } from "./gone.mjs";
import { elsewhere, follow, go, link, place } from "./place.mjs";
import { listen } from "./stream.mjs";
import * as access from "./access.mjs";
import * as data from "./data.mjs";
import * as deliveries from "./deliveries.mjs";
import * as find from "./find.mjs";
import * as limits from "./limits.mjs";
import * as problems from "./problems.mjs";
import * as server from "./server.mjs";
import * as time from "./time.mjs";
import * as traffic from "./traffic.mjs";

const VIEWS = {
  problems: ["What went wrong", problems],
  traffic: ["Traffic", traffic],
  deliveries: ["Deliveries", deliveries],
  data: ["Data", data],
  time: ["Clock and snapshots", time],
  limits: ["Limits and faults", limits],
  access: ["Keys and clients", access],
  server: ["Server", server],
};
const list = document.querySelector("#list");
const detail = document.querySelector("#detail");
const choice = document.querySelector("#sandbox");
const live = document.querySelector("#live");
// What is drawn, or being drawn, and what it does when it hears of something.
let shown = { list: "", detail: "", live: {} };
let names = [];

/** Draws what the URL names; what is there already stays. */
async function draw(again = false) {
  const here = place();
  const [title, view] = VIEWS[here.view] ?? (here.view === "find" ? ["Found", find] : VIEWS.problems);
  const keys = { list: JSON.stringify((view.filters ?? []).concat("view", "sandbox").map((name) => here[name])), detail: JSON.stringify(here) };
  document.title = `${title} · ${here.sandbox}`;
  document.querySelector("#views").replaceChildren(
    ...Object.entries(VIEWS).map(([name, [text]]) => el("a", { href: elsewhere({ view: name }), "aria-current": name === here.view && "page" }, text)),
  );
  document.querySelector("#views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const before = shown;
  again ||= keys.list === before.list && keys.detail === before.detail; // whoever goes where they are wants to see it anew
  const turn = (shown = { ...keys, live: before.live });
  if (again || keys.list !== before.list) {
    if (keys.list !== before.list) fill(list, el("p", { class: "nothing" }, "Reading …"));
    turn.live = {};
    await drawn(list, async () => (turn.live = (await view.list(list, here)) ?? {}));
    if (turn !== shown) return; // it has led elsewhere
  }
  const opened = Boolean(view.detail && (view.opened ?? []).some((name) => here[name]));
  document.body.classList.toggle("opened", opened);
  document.body.classList.toggle("alone", !view.detail);
  if (again || keys.detail !== before.detail || keys.list !== before.list) {
    fill(detail);
    if (opened) {
      await drawn(detail, () => view.detail(detail, here));
      if (turn !== shown) return;
      const back = Object.fromEntries((view.opened ?? []).map((name) => [name, ""]));
      detail.prepend(el("a", { class: "back", href: link(back, here) }, "← Back to the list"));
      if (before.detail) detail.focus({ preventScroll: matchMedia("(min-width: 60rem)").matches });
    } else if (view.detail) add(detail, nothing(view.hint ?? "Choose something on the left."));
  }
  turn.live.select?.(here);
  drawClock(here);
}

async function drawn(pane, draws) {
  try {
    await draws();
  } catch (error) {
    fill(pane, el("p", { class: "bad", role: "alert" }, error.message));
  }
}

async function drawClock({ sandbox }) {
  const place = document.querySelector("#clock");
  try {
    if (!(await isThere(sandbox))) return fill(place);
    const { now, frozen } = await get(`${of(sandbox)}/clock`);
    fill(place, el("a", { href: elsewhere({ view: "time" }), title: "The clock of this sandbox" }, `${now}${frozen ? " · stands still" : ""}`));
  } catch {
    fill(place);
  }
}

function drawSandboxes() {
  const { sandbox } = place();
  choice.replaceChildren(...[...new Set([...names, sandbox])].map((name) => new Option(names.includes(name) ? name : `${name} (gone)`, name, false, name === sandbox)));
}

let waiting;
/** Soon, and once for all that happens until then. */
function later(change) {
  clearTimeout(waiting);
  waiting = setTimeout(change, 300);
}

const heard = {
  sandboxes: (event) => ((names = event.names), drawSandboxes(), shown.live?.sandboxes?.(event)),
  request: (event) => shown.live?.request?.(event),
  changed: ({ sandbox }) => (sandbox === place().sandbox || place().view === "problems") && later(() => (shown.live?.changed?.(), drawClock(place()))),
  missed: ({ count }) => (live.textContent = `${count} requests went by too fast to be shown`),
  lost: () => ((live.className = "bad"), (live.textContent = "Not connected; trying again …")),
  found: () => ((live.className = ""), (live.textContent = "Live"), draw(true)),
  end: ({ reason }) => (live.textContent = reason === "stopping" ? "The server stops" : "Reading on …"),
};

follow(() => (drawSandboxes(), draw()));
choice.addEventListener("change", () => go(link({ view: place().view, sandbox: choice.value }, {})));
document.querySelector("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  go(elsewhere({ find: new FormData(event.target).get("find").trim() }));
});
drawSandboxes();
await draw();
live.textContent = "Live";
listen(({ name, data }) => heard[name]?.(data));
