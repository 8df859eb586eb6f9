"use strict";
// A process of its own that keeps the server of a test run: starts it, and ends it when the run is over.
// Usage: node keeper.js FOLDER OWNER SECONDS. What comes of it is in the folder: ready.json, or failed, which says why.
const { spawn } = require("node:child_process");
const { randomBytes } = require("node:crypto");
const { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const net = require("node:net");
const { join } = require("node:path");
const { exchange } = require("./exchange.js");
const { way } = require("./ways.js");

const PAUSE_MS = 100;
const GRACE_MS = 2_000;

const folder = process.argv[2];
const [owner, seconds] = process.argv.slice(3).map(Number);
const ready = join(folder, "ready.json");
const log = join(folder, "serve.log");
const pause = (milliseconds = PAUSE_MS) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function main() {
  const { said, command, args, flags, here, ...chosen } = way();
  const port = chosen.ready ? 0 : await freePort();
  const token = chosen.ready ? undefined : randomBytes(24).toString("base64url");
  const environment = token ? { ...process.env, SMARTCAL_CONTROL_TOKEN: token } : process.env;
  const output = openSync(log, "w", 0o600);
  const own = join(folder, "server.json");
  const server = spawn(command, [...args, ...flags({ port, ready: own, keeper: process.pid })], {
    env: environment,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let over = false;
  server.once("exit", () => (over = true));
  server.once("error", (error) => {
    over = true;
    writeFileSync(log, String(error.message));
  });
  const root = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + seconds * 1000; !over && runs(owner) && Date.now() < until; await pause()) {
    const document = chosen.ready ? written(own) : await answers(root, token);
    if (document) {
      put(ready, JSON.stringify({ ...document, here, said }));
      break;
    }
  }
  if (!existsSync(ready)) {
    const end = over ? "ended at once" : `did not answer within ${seconds} s`;
    const output = readFileSync(log, "utf8").trim() || "nothing";
    put(join(folder, "failed"), `The server (${said}) ${end}. It said:\n${output}`);
  }
  while (!over && existsSync(ready) && runs(owner)) await pause();
  if (!over) {
    server.kill("SIGTERM");
    for (const until = Date.now() + 15_000; !over && Date.now() < until; ) await pause();
    if (!over) server.kill("SIGKILL");
  }
  if (!existsSync(ready)) await pause(GRACE_MS); // those who wait are told what went wrong; who comes later tries again
  rmSync(folder, { recursive: true, force: true });
}

function written(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

async function answers(root, token) {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const { status } = await exchange("GET", `${root}/_sandbox/health`, { headers, seconds: 5 });
    return status === 200 ? { control_url: `${root}/_sandbox`, control_token: token } : undefined;
  } catch {
    return undefined;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** All at once: whoever sees the file sees all of it. */
function put(path, text) {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

main();
