"use strict";
// What was asked of a sandbox and answered. Filters: operation, method, path, status, principal, request_id.
const { claim } = require("./claim.js");

class Journal {
  #control;
  #path;

  constructor(control, path) {
    this.#control = control;
    this.#path = `${path}/journal`;
  }

  /** From the oldest that is kept to the latest. */
  async entries(filters) {
    return noted(await this.#control.get(this.#path, filters)).data;
  }

  /** The first match, waited for in real time. */
  waitFor(filters, { timeout = 10 } = {}) {
    return claim(this.#control.post(`${this.#path}/wait`, { ...filters, timeout_seconds: timeout }, timeout));
  }

  /** Exactly so many requests match; fails with what was seen instead. */
  async assertCount(count, filters) {
    noted(await claim(this.#control.post(`${this.#path}/assert`, { ...filters, count })));
  }
}

/** An answer, once what its filter may not have meant has been said. */
function noted(answer) {
  for (const note of answer.notes ?? []) process.emitWarning(note, "SmartCalWarning");
  return answer;
}

module.exports = { Journal };
