// Keys and OAuth clients: made, expired, revoked.
import { get, of, post, remove } from "./api.mjs";
import { button, el, field, fill, form, nothing } from "./dom.mjs";

export async function list(root, here) {
  const sandbox = of(here.sandbox);
  let fresh = null;
  const show = async () => {
    const [{ data: keys }, { data: clients }] = await Promise.all([get(`${sandbox}/keys`), get(`${sandbox}/oauth-clients`)]);
    const did = (call, said) => async (given) => (await call(given), await show(), said);
    fill(root, el("h2", {}, "Keys"),
      fresh && el("p", { class: "reason good" }, "Shown only now: ", el("code", {}, fresh)),
      form([field("Scopes", "scopes", { required: true, placeholder: "read write" }), field("Label", "label"), field("Expires", "expires_at", { placeholder: "now+1h, or never" })], "Make a key",
        did(async ({ scopes, label, expires_at: at }) => ({ key: fresh } = await post(`${sandbox}/keys`, { scopes: scopes.split(/[\s,]+/), ...(label && { label }), ...(at && { expires_at: at }) })), "Made.")),
      keys.length
        ? el("ul", { class: "things" }, keys.map((each) => el("li", {}, el("b", {}, each.fingerprint), ` ${each.scopes.join(", ")} · ${each.owner} account · ${each.state}${each.expires_at ? `, until ${each.expires_at}` : ""}${each.label ? ` · ${each.label}` : ""} `,
            each.state === "active" ? [button("Expire", did(() => post(`${sandbox}/keys/${each.fingerprint}/expire`), "Expired.")), button("Revoke", did(() => remove(`${sandbox}/keys/${each.fingerprint}`), "Revoked."), { class: "danger" })] : null)))
        : nothing("There is none."),
      el("h2", {}, "OAuth clients"),
      form([field("Redirect URIs", "redirect_uris", { required: true, placeholder: "http://127.0.0.1:3000/callback" }), field("Name", "name")], "Register one",
        did(async ({ redirect_uris: uris, name }) => {
          const made = await post(`${sandbox}/oauth-clients`, { redirect_uris: uris.split(/[\s,]+/), ...(name && { name }) });
          fresh = [made.client_id, made.client_secret].filter(Boolean).join(" ");
        }, "Registered.")),
      clients.length
        ? el("ul", { class: "things" }, clients.map((each) => el("li", {}, el("b", {}, each.client_id), ` ${each.name ?? ""} · ${(each.redirect_uris ?? []).join(", ")} `, button("Remove", did(() => remove(`${sandbox}/oauth-clients/${encodeURIComponent(each.client_id)}`), "Removed."), { class: "danger" }))))
        : nothing("There is none."),
    );
  };
  await show();
  return {};
}
