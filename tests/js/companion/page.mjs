// Writes the programs of docs/javascript.md and docs/oauth.md into files, in a folder for each runner: "// NAME, with RUNNER" begins one;
// what is with none goes to Vitest's. What docs/control.md says for JavaScript becomes one test.
// Usage: node page.mjs DOCS FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [docs, folder] = process.argv.slice(2);
const runners = { Vitest: "vitest", "node --test": "node", Jest: "jest" };
const read = (page) => readFileSync(join(docs, page), "utf8");

for (const [, source] of `${read("javascript.md")}\n${read("oauth.md")}`.matchAll(/^```(?:js|ts)\n(.*?)^```$/gms)) {
  const [, name, runner = "Vitest"] = source.match(/^\/\/ ([\w.-]+)(?:, with (.+))?\n/);
  const place = join(folder, runners[runner]);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, name), source);
}

const cells = [...read("control.md").matchAll(/^\| .* \|([^|]*)\|$/gm)].map(([, cell]) => cell);
const statements = cells.flatMap((cell) => [...cell.matchAll(/`((?:await|const) [^`…]+)`/g)].map(([, each]) => each));
if (statements.length < 12) throw new Error(`docs/control.md says ${statements.length} things for JavaScript`);
const body = statements.map((each) => `  ${each};\n`).join("");
const source = 'import { test } from "smartcal-api/node-test";\n\ntest("each of them", async ({ smartcal }) => {\n';
writeFileSync(join(folder, "node", "control.test.mjs"), `${source}${body}});\n`);
