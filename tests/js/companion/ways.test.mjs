// How a server is found or started, shared and ended. SMARTCAL is the command that stands behind whatever starts one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const { SMARTCAL } = process.env;
// Says where the server is and what it answers, and what others may do with the folder of the run.
const program = `
  const { existsSync, statSync } = require("node:fs");
  const { dirname } = require("node:path");
  const { connect } = require("smartcal-api");
  connect().then(async ({ control }) => {
    const sandbox = await (await connect()).sandbox({ events: 1 });
    const { status } = await sandbox.client("read").get("/me");
    const files = [control.place, dirname(control.place)].filter(existsSync);
    const modes = files.map((path) => statSync(path).mode & 0o077);
    console.log(JSON.stringify({ url: control.url, place: control.place, status, modes }));
  }, (error) => { console.error(String(error)); process.exit(7); });
`;

/** A folder of commands, each a script; all that is on the path. */
function commands(scripts) {
  const folder = mkdtempSync(join(tmpdir(), "ways-"));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function connected(environment, source = program) {
  const { stdout, stderr } = await run(process.execPath, ["-e", source], { env: environment, cwd: import.meta.dirname });
  return { ...JSON.parse(stdout), stderr };
}

const refused = (environment) => connected(environment).then(assert.fail, ({ code, stderr }) => ({ code, stderr }));

async function ended(path) {
  for (let waited = 0; existsSync(path); waited += 1) {
    assert.ok(waited < 200, `${path} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ways = {
  "`smartcal` on the path": { smartcal: `exec "${SMARTCAL}" "$@"` },
  "uvx, from smartcal-api": {
    uvx: `[ "$1 $2 $3" = "--from smartcal-api smartcal" ] && shift 3 && exec "${SMARTCAL}" "$@"`,
  },
  "docker, from the image smartcal": {
    docker: `case "$1" in
      image) [ "$3" = smartcal ] ;;
      run) [ "$2 $3 $4 $5 $6 $7" = "--rm --network host --env SMARTCAL_CONTROL_TOKEN smartcal" ] || exit 1
        shift 7
        exec "${SMARTCAL}" "$@" ;;
    esac`,
  },
};

for (const [said, scripts] of Object.entries(ways)) {
  test(`a server is started by ${said}, and ends with the run`, async () => {
    const { url, place, status, modes, stderr } = await connected({ PATH: commands(scripts) });
    assert.equal(status, 200);
    assert.deepEqual(modes, [0, 0]);
    assert.equal(stderr, `smartcal: starting a server by ${said}\n`);
    await ended(join(place, ".."));
    await assert.rejects(fetch(`${url}/health`));
  });
}

test("an image that isn't there is no way, and without any the ways to get one are told", async () => {
  const { code, stderr } = await refused({ PATH: commands({ docker: "exit 1" }) });
  assert.equal(code, 7);
  for (const told of ["pip install .", "SMARTCAL_PACKAGE=", "docker build", "SMARTCAL_CONTROL_URL="]) {
    assert.ok(stderr.includes(told), stderr);
  }
});

test("a server that doesn't start is told with what it said", async () => {
  const { stderr } = await refused({ PATH: commands({ smartcal: "echo no such contract >&2; exit 2" }) });
  assert.match(stderr, /The server \(`smartcal` on the path\) ended at once\. It said:\nno such contract/);
});

test("all processes of a run share one", async () => {
  const child = `process.env.NODE_TEST_CONTEXT = "child-v8"; ${program}`;
  const source = `
    const { execFile } = require("node:child_process");
    const { promisify } = require("node:util");
    const child = () => promisify(execFile)(process.execPath, ["-e", ${JSON.stringify(child)}]);
    Promise.all([child(), child(), child()]).then((all) => {
      console.error(all.map(({ stderr }) => stderr).join(""));
      console.log(JSON.stringify({ urls: all.map(({ stdout }) => JSON.parse(stdout).url) }));
    });
  `;
  const { urls, stderr } = await connected({ PATH: commands(ways["`smartcal` on the path"]) }, source);
  assert.equal(new Set(urls).size, 1);
  assert.equal(stderr.match(/starting a server/g).length, 1);
});

test("one that is named is taken with its token, and nothing is started", async () => {
  const asked = [];
  const plane = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.writeHead(409, { "Content-Type": "application/problem+json" });
    response.end(JSON.stringify({ status: 409, code: "no_room", detail: "There is no room." }));
  });
  await new Promise((resolve) => plane.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${plane.address().port}/_sandbox`;
  const ready = join(mkdtempSync(join(tmpdir(), "ways-")), "ready.json");
  writeFileSync(ready, JSON.stringify({ control_url: url, control_token: "from the file" }));
  for (const [environment, token] of [
    [{ SMARTCAL_CONTROL_URL: url }, undefined],
    [{ SMARTCAL_CONTROL_URL: url, SMARTCAL_CONTROL_TOKEN: "given" }, "Bearer given"],
    [{ SMARTCAL_CONTROL_URL: url, SMARTCAL_TARGET: ready }, "Bearer from the file"],
    [{ SMARTCAL_TARGET: ready }, "Bearer from the file"],
  ]) {
    const { code, stderr } = await refused({ PATH: commands({}), ...environment });
    assert.equal(code, 1);
    assert.match(stderr, /Refused: There is no room\./);
    assert.deepEqual(asked.splice(0), [["/_sandbox/sandboxes", token]]);
  }
  plane.close();
});

test("one that is named and doesn't answer is told by the name that led there", async () => {
  for (const [name, value] of [
    ["SMARTCAL_CONTROL_URL", "http://127.0.0.1:1/_sandbox"],
    ["SMARTCAL_TARGET", "/nowhere/ready.json"],
  ]) {
    const { stderr } = await refused({ PATH: commands({}), [name]: value });
    assert.match(stderr, new RegExp(`SmartCalError: .*${name}`));
  }
});
