// What a failed test leaves, with each runner: why, what was asked and answered, and a bundle that opens again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";

const folder = join(import.meta.dirname, "failing");
const slow = join(import.meta.dirname, "slow");
const bin = join(import.meta.dirname, "../node_modules/.bin");
const runners = {
  "smartcal-api/node-test": [process.execPath, "--test", join(folder, "failing.test.mjs")],
  "smartcal-api/vitest": [join(bin, "vitest"), "run", "--root", folder],
  "smartcal-api/jest": [join(bin, "jest"), "--rootDir", folder, "--testMatch", "**/*.jest.cjs"],
};

/** What a run says, on both of its outputs, and the folder of its bundles. */
function failed(runner, bundles = mkdtempSync(join(tmpdir(), "bundles-"))) {
  const { NODE_TEST_CONTEXT, ...rest } = process.env;
  const env = { ...rest, RUNNER: runner, SMARTCAL_BUNDLES: bundles, FORCE_COLOR: "0" };
  const [command, ...args] = runners[runner];
  const { status, stdout, stderr } = spawnSync(command, args, { env, cwd: folder, encoding: "utf8" });
  assert.equal(status, 1, stdout + stderr);
  return { said: stripVTControlCharacters(stdout + stderr).replace(/^# /gm, ""), bundles };
}

for (const runner of Object.keys(runners)) {
  test(`with ${runner}`, () => {
    const { said, bundles } = failed(runner);
    for (const told of [
      /smartcal journal \(.*\) of .*refused by the contract\nPOST \/api\/v1\/events 405\n/,
      /^ {2}method_not_allowed: .*\n {2}\/paths\//m,
      /while the server runs: http:\/\/127\.0\.0\.1:\d+\/_sandbox\/\?sandbox=[a-z0-9-]+&request=\d+/,
      /it was 405/,
      /AssertionFailed: Claimed was count 2|'?Claimed was count 2 of operation=getAccount; the journal has 1/,
      /GET \/api\/v1\/me 200/,
      /There is no operation 'getAcount'\. Did you mean 'getAccount'\?/,
      /'evnts' is not a member; did you mean events\?/,
    ]) assert.match(said, told);
    assert.doesNotMatch(said, /AggregateError|at .*smartcal-api\/src/);
    const found = readdirSync(bundles);
    assert.equal(found.length, 3, String(found));
    for (const name of found) {
      assert.match(name, /^failing\.(test\.mjs|jest\.cjs)-.+\.bundle$/);
      assert.equal(statSync(join(bundles, name)).mode & 0o077, 0);
      assert.ok(said.includes(`smartcal open ${join(bundles, name)}`));
    }
  });
}

for (const [runner, [command, ...args]] of Object.entries({
  Vitest: [join(bin, "vitest"), "run", "--root", slow],
  Jest: [join(bin, "jest"), "--rootDir", slow, "--testMatch", "**/*.jest.cjs"],
})) {
  test(`a server that is slow to start fails no test of ${runner}, which gives each five seconds`, () => {
    const folder = mkdtempSync(join(tmpdir(), "slow-"));
    const script = `#!/bin/sh\nsleep 6\nexec "${process.env.SMARTCAL}" "$@"\n`;
    writeFileSync(join(folder, "smartcal"), script, { mode: 0o755 });
    const env = { ...process.env, SMARTCAL_BUNDLES: folder, PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(command, args, { env, cwd: slow, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });
}

test("a file that is not a bundle stays, and that is told", () => {
  const { bundles } = failed("smartcal-api/node-test");
  const [name] = readdirSync(bundles);
  writeFileSync(join(bundles, name), "mine");
  const { said } = failed("smartcal-api/node-test", bundles);
  assert.match(said, /nothing more can be told: .*is not a bundle, and stays; move it away/);
  assert.equal(statSync(join(bundles, name)).size, 4);
});
