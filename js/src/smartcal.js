"use strict";
// What a test has in its hands: a sandbox with its addresses, credentials, clock, data, faults and journal.
const { Client } = require("./client.js");
const { Deliveries } = require("./deliveries.js");
const { Given } = require("./given.js");
const { Journal } = require("./journal.js");
const { Receiver } = require("./receiver.js");

/** The sandbox's clock. It stands still: time is what the test makes of it. */
class Clock {
  #control;
  #path;

  constructor(control, path) {
    this.#control = control;
    this.#path = `${path}/clock`;
  }

  async now() {
    return (await this.#control.get(this.#path)).now;
  }

  /** By seconds, or `90s`, `15m`, `12h`, `2d`, `1w`; done when all that fell due on the way is. */
  async advance(by, { timeout = 30 } = {}) {
    return (await this.#control.post(`${this.#path}/advance`, { by, timeout_seconds: timeout }, timeout)).now;
  }

  /** Forward to an instant, doing all that falls due. */
  async set(instant, { timeout = 30 } = {}) {
    const now = instant instanceof Date ? instant.toISOString() : instant;
    return (await this.#control.post(`${this.#path}/set`, { now, timeout_seconds: timeout }, timeout)).now;
  }
}

/** The sandbox's rate limits: scaled, exhausted, switched off. */
class Limits {
  #control;
  #path;

  constructor(control, path) {
    this.#control = control;
    this.#path = `${path}/limits`;
  }

  async off() {
    await this.#control.patch(this.#path, { enabled: false });
  }

  async scale(factor) {
    await this.#control.patch(this.#path, { scale: factor });
  }

  /** The budget of a key (by its value or fingerprint), or of everything, is used up. */
  async exhaust(credential) {
    await this.#control.post(`${this.#path}/exhaust`, { credential: await credential });
  }

  /** The next so many answers are 429. */
  async refuse(following) {
    await this.#control.post(`${this.#path}/refuse`, { next: following });
  }
}

/** Everything as it was at an instant. */
class Snapshot {
  #control;
  #path;

  constructor(control, path, name) {
    this.#control = control;
    this.#path = path;
    this.name = name;
  }

  async restore() {
    await this.#control.post(`${this.#path}/snapshots/${this.name}/restore`);
  }

  /** The resources that were added, changed and removed since. */
  diff() {
    return this.#control.get(`${this.#path}/diff`, { from: this.name });
  }
}

/** A sandbox. `baseUrl` ends in /api/v1, `rootUrl` doesn't; whatever is asked there is of this sandbox alone. */
class SmartCal {
  #keys = new Map();
  #receiver;
  #snapshots = 0;
  #here;

  constructor(control, made, { here }) {
    this.control = control;
    this.path = `/sandboxes/${encodeURIComponent(made.name)}`;
    this.name = made.name;
    this.rootUrl = made.root_url;
    this.baseUrl = made.base_url;
    this.keys = made.keys;
    this.otherKeys = made.other.keys;
    this.oauth = made.oauth;
    this.clock = new Clock(control, this.path);
    this.limits = new Limits(control, this.path);
    this.given = new Given(control, this.path);
    this.journal = new Journal(control, this.path);
    this.deliveries = new Deliveries(control, this.path);
    this.#here = here;
    for (const [scope, key] of Object.entries(made.keys)) this.#keys.set(scope, key);
  }

  /** The key with these scopes and no others, the same one each time; without any, the one for everything. */
  async key(...scopes) {
    const wanted = [...new Set(this.#scopes(scopes))].sort().join(" ");
    if (!this.#keys.has(wanted)) this.#keys.set(wanted, this.newKey(...scopes));
    return this.#keys.get(wanted);
  }

  /** Another key with these scopes, with a budget of its own. */
  async newKey(...scopes) {
    const wanted = [...new Set(this.#scopes(scopes))];
    return (await this.control.post(`${this.path}/keys`, { scopes: wanted })).key;
  }

  /** Sends requests to `baseUrl` with the `key` of these scopes. */
  client(...scopes) {
    return new Client(this.baseUrl, () => this.key(...scopes));
  }

  /** Makes something happen, such as `booking.created`; the events that came of it, in their order. */
  async trigger(type, members = {}) {
    return (await this.control.post(`${this.path}/triggers/${encodeURIComponent(type)}`, members)).events;
  }

  /** Arms a fault, such as `fault("status", { status: 503, operations: "listEvents", next: 2 })`; its id. */
  async fault(kind, members) {
    return (await this.control.post(`${this.path}/faults`, { ...members, kind })).id;
  }

  async clearFaults() {
    await this.control.delete(`${this.path}/faults`);
  }

  /** Keeps everything as it is now. */
  async snapshot() {
    this.#snapshots += 1;
    const name = `snapshot-${this.#snapshots}`;
    await this.control.post(`${this.path}/snapshots`, { name });
    return new Snapshot(this.control, this.path, name);
  }

  /** A webhook receiver, subscribed to everything from the first time that it is asked for. */
  receiver() {
    this.#receiver ??= Receiver.subscribed(this.control, this.path, { here: this.#here });
    return this.#receiver;
  }

  /** Ends it with all that it holds. */
  async close() {
    const receiver = await this.#receiver?.catch(() => undefined);
    await receiver?.close();
    await this.control.delete(this.path).catch((error) => {
      if (error.status !== 404) throw error; // it has gone already
    });
  }

  /** The scope that implies all others comes last in the contract. */
  #scopes(scopes) {
    return scopes.length ? scopes : Object.keys(this.keys).slice(-1);
  }
}

if (Symbol.asyncDispose) {
  SmartCal.prototype[Symbol.asyncDispose] = SmartCal.prototype.close;
}

module.exports = { SmartCal };
