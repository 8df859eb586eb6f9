// The server: what to send to it, its sandboxes, and the contract that it serves.
import { get, of, post, remove } from "./api.mjs";
import { button, el, field, fill, form, shown } from "./dom.mjs";
import { go, link } from "./place.mjs";

const start = document.querySelector("#start");
start.remove();

export async function list(root, here) {
  let fresh = null;
  const show = async () => {
    const [{ data: sandboxes }, health, contract] = await Promise.all([get("/sandboxes"), get("/health"), get("/contract")]);
    fill(root, start,
      el("h2", {}, "Sandboxes"),
      el("p", { class: "soft" }, "Worlds of their own, each with its data, clock, keys and deliveries: one for each test, or one for you."),
      fresh && el("div", { class: "reason good" }, "Its keys are shown only now:", shown(fresh)),
      form([field("Name", "name", { placeholder: "a fresh one" }), field("Seed", "seed", { type: "number" })], "Make one", async ({ name, seed }) => {
        const { keys, base_url } = await post("/sandboxes", { ...(name && { name }), ...(seed && { seed: Number(seed) }) });
        fresh = { base_url, keys };
        await show();
      }),
      el("ul", { class: "things" }, sandboxes.map((each) => el("li", {}, el("a", { href: link({ view: "traffic", sandbox: each.name }, {}) }, each.name), ` ${each.base_url} · seed ${each.seed} · ${each.clock.now}${each.clock.frozen ? ", stands still" : ""} `,
        each.name === "default" ? null : button("Remove", async () => (await remove(of(each.name)), each.name === here.sandbox ? go(link({ view: "server", sandbox: "" }, {})) : await show(), "Removed."), { class: "danger" })))),
      el("h2", {}, "The contract"),
      health.stale ? el("div", { class: "reason" }, "Its file was edited since, and can't be served as it is now; an older one is.", shown(health.stale)) : null,
      el("p", {}, `${contract.info.title} ${contract.info.version}, `, `${Object.keys(contract.paths).length} paths. `, el("a", { href: "/_sandbox/docs" }, "Read and try it"), "."),
    );
  };
  await show();
  return { sandboxes: show };
}
