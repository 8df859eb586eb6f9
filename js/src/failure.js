"use strict";
// What a failed test leaves: what was asked and answered, to be shown, and a bundle to open again.
const { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const SHOWN = 50;
const SQLITE = "SQLite format 3\0";

/** The text to show; where the server is gone, what there is to say of that. */
async function aftermath(smartcal, test) {
  try {
    const entries = await smartcal.journal.entries({ limit: SHOWN });
    const lines = entries.map(line);
    const journal = [`smartcal journal (${smartcal.name}) of ${test}`, ...(lines.length ? lines : ["no request came"])];
    const told = [...journal, `smartcal open ${await bundled(smartcal, test)}`];
    return [...told, ...(entries.length ? [`while the server runs: ${story(smartcal, entries)}`] : [])].join("\n");
  } catch (error) {
    return `smartcal: nothing more can be told: ${error.message}`;
  }
}

/** The URL at which the dashboard tells of the last request that was refused, or else of the last one. */
function story({ control, name }, entries) {
  const { serial } = entries.findLast(({ clause, status }) => clause || status === null) ?? entries.at(-1);
  return `${control.url}/?${new URLSearchParams({ sandbox: name, request: serial })}`;
}

/** The file with all that the sandbox was; rejects where something else is in its place. */
async function bundled(smartcal, test) {
  const folder = resolve(process.env.SMARTCAL_BUNDLES || ".smartcal");
  const name = test.replace(/[^A-Za-z0-9_.-]+/g, "-").slice(-120).replace(/^-+|-+$/g, "");
  const path = join(folder, `${name}.bundle`);
  const image = await smartcal.control.get(`${smartcal.path}/bundle`);
  mkdirSync(folder, { recursive: true });
  if (existsSync(path) && head(path) !== SQLITE) throw new Error(`${path} is not a bundle, and stays; move it away`);
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, image, { mode: 0o600, flag: "wx" }); // webhook secrets are in it
  renameSync(fresh, path);
  return path;
}

function head(path) {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(SQLITE.length);
    return bytes.toString("latin1", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function line({ method, path, status, clause }) {
  const why = clause ? `\n  ${clause.code}: ${clause.detail}\n  ${clause.pointer}` : "";
  return `${method} ${path} ${status ?? "-"}${why}`;
}

module.exports = { aftermath };
