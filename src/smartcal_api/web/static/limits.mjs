// How many requests a sandbox admits, how much each credential has left, and what goes wrong on demand.
import { get, of, patch, post, remove } from "./api.mjs";
import { button, el, field, fill, form, nothing } from "./dom.mjs";
import { control, fields, values } from "./stated.mjs";

export async function list(root, here) {
  const sandbox = of(here.sandbox);
  const { FaultWanted } = (await control()).components.schemas;
  const kinds = Object.keys(FaultWanted.discriminator.mapping);
  let kind = kinds[0];
  const show = async () => {
    const [limits, { data: faults }, { data: asked }] = await Promise.all([get(`${sandbox}/limits`), get(`${sandbox}/faults`), get(`${sandbox}/journal`, { limit: 1000 })]);
    const did = (call, said) => async (given, made) => (await call(given, made), await show(), said);
    const own = await fields({ $ref: FaultWanted.discriminator.mapping[kind] });
    const picked = el("select", { "aria-label": "Kind of fault" }, kinds.map((each) => el("option", { selected: each === kind }, each)));
    picked.addEventListener("change", () => ((kind = picked.value), show()));
    fill(root, el("h2", {}, "Limits"),
      el("p", {}, limits.enabled ? limits.windows.map(({ name, limit, window_seconds: seconds }) => `${limit} in ${seconds} s (${name})`).join(", ") : "They are off: nothing is ever used up.", limits.scale === 1 ? "" : `, scaled by ${limits.scale}`),
      el("p", { class: "actions" },
        button(limits.enabled ? "Switch off" : "Switch on", did(() => patch(`${sandbox}/limits`, { enabled: !limits.enabled }), "Done.")),
        limits.enabled ? button("Use all budgets up", did(() => post(`${sandbox}/limits/exhaust`), "Used up, for every credential.")) : null),
      form([field("Refuse the next", "next", { type: "number", min: 1, value: 1, required: true })], "with 429", did(({ next }) => post(`${sandbox}/limits/refuse`, { next: Number(next) }), "They will be refused.")),
      limits.refusals.map(({ next, credential }) => el("p", {}, `The next ${next} of ${credential ?? "any credential"} are refused.`)),
      el("h3", {}, "Left, as of the last request of each"),
      gauges(asked),
      el("h2", {}, "Faults"),
      faults.length
        ? el("ul", { class: "things" }, faults.map(({ id, kind: one, applied, remaining, ...rest }) => el("li", {}, el("b", {}, one), ` ${id} · has hit ${applied}, ${remaining === null ? "any number" : remaining} to come `, el("code", {}, JSON.stringify(rest)), " ", button("Remove", did(() => remove(`${sandbox}/faults/${id}`), "Removed.")))))
        : nothing("None is armed."),
      faults.length ? button("Remove all", did(() => remove(`${sandbox}/faults`), "Removed.")) : "",
      el("h3", {}, "Arm one"), picked,
      form(own, "Arm", did((_, made) => post(`${sandbox}/faults`, { kind, ...values(made) }), "Armed.")),
    );
  };
  await show();
  let soon;
  const later = () => (clearTimeout(soon), (soon = setTimeout(() => root.querySelector(":is(input, select):focus") || show(), 400)));
  return { changed: later, request: (entry) => entry.sandbox === here.sandbox && later() };
}

function gauges(asked) {
  const last = new Map();
  for (const { principal, response } of asked) {
    const [limit, left] = ["x-ratelimit-limit", "x-ratelimit-remaining"].map((name) => response?.headers[name]);
    if (principal && limit !== undefined) last.set(principal.fingerprint, { limit, left, scopes: principal.scopes });
  }
  if (!last.size) return nothing("No credential was used yet.");
  return el("ul", { class: "things" }, [...last].map(([name, { limit, left, scopes }]) =>
    el("li", {}, el("label", {}, el("span", {}, `${name} (${scopes.join(", ")}): ${left} of ${limit}`), el("meter", { min: 0, max: limit, low: limit / 4, optimum: limit, value: left })))));
}
