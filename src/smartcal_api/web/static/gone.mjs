// What is left of a sandbox that is gone, as that of a test that failed: its latest requests, without headers and bodies.
import { get } from "./api.mjs";
import { DEFAULT } from "./place.mjs";

const MOST = 20;
export const GONE = "This sandbox is gone. Of what was asked of it, the server still has the latest requests, without headers and bodies; a bundle has everything: smartcal open FILE.";

/** Every one that left something, as `{sandbox, requests}`, in the order in which they went. */
export async function departed() {
  const { data } = await get("/journal", { limit: MOST });
  return data.filter(({ deleted }) => deleted);
}

/** Whether it is there: asked for before anything of it is, since a browser takes each 404 for an error. */
export const isThere = async (sandbox) => sandbox === DEFAULT || (await get("/sandboxes")).data.some(({ name }) => name === sandbox);

/** The requests of one that isn't there, oldest first. */
export async function left(sandbox) {
  const found = (await departed()).findLast((each) => each.sandbox === sandbox);
  if (!found) throw new Error(`There is no sandbox ${sandbox}, and nothing is left of one. Choose another one above.`);
  return found.requests;
}
