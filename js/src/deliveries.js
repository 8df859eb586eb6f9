"use strict";
// Webhook deliveries of a sandbox. Filters are those of the control plane: state, event_type, webhook, event.
const { claim } = require("./claim.js");

const ALL = 10_000;

class Deliveries {
  #control;
  #path;
  #taken = new Set();

  constructor(control, path) {
    this.#control = control;
    this.#path = path;
  }

  /** The newest first. */
  async list(filters) {
    return (await this.#control.get(`${this.#path}/deliveries`, filters)).data;
  }

  /** The oldest that was delivered and not given here yet, of a type if one is named; waited for in real time. */
  async next(type, { timeout = 10 } = {}) {
    const delivered = () => this.list({ state: "delivered", event_type: type, limit: ALL });
    for (;;) {
      const found = await delivered();
      const fresh = found.findLast((each) => !this.#taken.has(each.id));
      if (fresh) {
        this.#taken.add(fresh.id);
        return this.#control.get(`${this.#path}/deliveries/${fresh.id}`);
      }
      await this.#wait({ event_type: type, count: found.length + 1 }, timeout);
    }
  }

  /** Until so many of a type have been delivered, in real time. */
  waitFor(type, { count = 1, timeout = 10 } = {}) {
    return this.#wait({ event_type: type, count }, timeout);
  }

  /** Until nothing that is due is left to send; retries wait for the clock. */
  waitUntilSettled({ timeout = 10 } = {}) {
    return this.#wait({}, timeout);
  }

  /** A delivery once more, or an event to whoever subscribes to its type now. */
  async redeliver(id) {
    await this.#control.post(`${this.#path}/deliveries/${encodeURIComponent(id)}/redeliver`);
  }

  /** The next goes wrong: `misbehave("duplicate")`, `misbehave("late", { by: "10m" })`. */
  async misbehave(kind, members) {
    await this.#control.post(`${this.#path}/misbehaviours`, { ...members, kind });
  }

  async #wait(wanted, timeout) {
    const body = { ...wanted, timeout_seconds: timeout };
    return (await claim(this.#control.post(`${this.#path}/deliveries/wait`, body, timeout))).data;
  }
}

module.exports = { Deliveries };
