"use strict";
// The server of a test run: one that is named, or one that all processes of the run share.
const { spawn } = require("node:child_process");
const { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { setTimeout } = require("node:timers");
const { isMainThread } = require("node:worker_threads");
const { Control } = require("./control.js");
const { SmartCalError } = require("./errors.js");
const { SmartCal } = require("./smartcal.js");
const { NO_WAY, way } = require("./ways.js");

// The first time, uvx has everything to fetch.
const START_SECONDS = 300;
const PAUSE_MS = 20;
const BEGINNING = { now: "2026-03-04T12:00:00Z", frozen: true };

/** A server that answers: `control` asks its control plane, `sandbox` makes a world of its own there. */
class Server {
  /** `here`: how the server reaches this machine. */
  constructor({ url, token, place, here = "127.0.0.1" }) {
    this.control = new Control({ url, token, place });
    this.here = here;
  }

  /** A fresh sandbox, frozen at a fixed instant unless something else is wanted. */
  async sandbox(wanted = {}) {
    return new SmartCal(this.control, await this.control.post("/sandboxes", { ...BEGINNING, ...wanted }), this);
  }
}

/** The server that the environment names, else that of this test run, started where nobody has yet. */
async function connect(environment = process.env) {
  return new Server(named(environment) ?? (await joined(environment)));
}

function named({ SMARTCAL_CONTROL_URL: url, SMARTCAL_CONTROL_TOKEN: token, SMARTCAL_TARGET: target }) {
  const ready = target && existsSync(target) ? read(target) : undefined;
  if (url) {
    const own = ready?.control_url === url ? ready.control_token : undefined;
    return { url, token: token || own, place: "SMARTCAL_CONTROL_URL" };
  }
  if (target && !ready) throw new SmartCalError(`SMARTCAL_TARGET: ${target} is not there; is the server running?`);
  return ready && { url: ready.control_url, token: ready.control_token, place: "SMARTCAL_TARGET" };
}

async function joined(environment) {
  const owner = runner(environment);
  const folder = join(tmpdir(), `smartcal-${process.getuid?.() ?? "user"}-${owner}`);
  for (;;) {
    if (claimed(folder)) start(folder, owner, environment);
    const ready = await found(folder);
    if (ready && (await answers(ready))) {
      return { url: ready.control_url, token: ready.control_token, place: `${folder}/ready.json`, here: ready.here };
    }
    // Left behind by a run that was killed, and whose process number this one has been given.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The process that is the test run: of a worker of Vitest, Jest or node:test the one that has started it. */
function runner({ NODE_TEST_CONTEXT: context }) {
  const worker = isMainThread && (process.channel || context?.startsWith("child"));
  return worker ? process.ppid : process.pid;
}

/** Whether the folder is this process's to fill; one that is somebody else's is taken for nothing. */
function claimed(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const { uid } = lstatSync(folder);
    if (process.getuid && uid !== process.getuid()) {
      throw new SmartCalError(`${folder} belongs to somebody else; have it removed, or name a server by SMARTCAL_CONTROL_URL`);
    }
    return false;
  }
}

function start(folder, owner, environment) {
  const chosen = way(environment);
  if (!chosen) {
    rmSync(folder, { recursive: true, force: true });
    throw new SmartCalError(NO_WAY);
  }
  process.stderr.write(`smartcal: starting a server by ${chosen.said}\n`);
  const keeper = join(__dirname, "keeper.js");
  const options = { detached: true, stdio: "ignore", env: environment, windowsHide: true };
  spawn(process.execPath, [keeper, folder, ...[owner, START_SECONDS].map(String)], options).unref();
}

/** What the keeper has written; undefined where the folder has gone meanwhile. Throws what it says went wrong. */
async function found(folder) {
  while (existsSync(folder)) {
    const ready = read(join(folder, "ready.json"));
    if (ready) return ready;
    const failed = join(folder, "failed");
    if (existsSync(failed)) throw new SmartCalError(readFileSync(failed, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return undefined;
}

async function answers({ control_url: url, control_token: token }) {
  try {
    await new Control({ url, token, place: "ready.json" }).get("/health");
    return true;
  } catch {
    return false;
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

module.exports = { START_SECONDS, Server, connect };
