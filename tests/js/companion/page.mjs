// Writes the programs of docs/javascript.md into files, in a folder for each runner: "// NAME, with RUNNER" begins one;
// what is with none goes to Vitest's. Usage: node page.mjs PAGE FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [page, folder] = process.argv.slice(2);
const runners = { Vitest: "vitest", "node --test": "node", Jest: "jest" };
const text = readFileSync(page, "utf8");

for (const [, source] of text.matchAll(/^```(?:js|ts)\n(.*?)^```$/gms)) {
  const [, name, runner = "Vitest"] = source.match(/^\/\/ ([\w.-]+)(?:, with (.+))?\n/);
  const place = join(folder, runners[runner]);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, name), source);
}
