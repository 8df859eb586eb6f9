"use strict";
// A webhook receiver of the test's own: keeps what comes, and answers as it is told.
const http = require("node:http");
const { setTimeout, clearTimeout } = require("node:timers");
const { AssertionFailed } = require("./errors.js");
const { SIGNATURE_HEADER, parseDelivery } = require("./signature.js");

class Receiver {
  /** What came, the oldest first: `path`, `headers` by lower-case names, `body` as bytes. */
  received = [];
  /** What it answers from now on: a status, `{status, headers, body, drop}`, or a function of what came. */
  answer = 204;
  #server;
  #waiting = [];

  /** Listens, and is subscribed to all event types of the sandbox. `here`: this machine, as it is seen from there. */
  static async subscribed(control, path, { here }) {
    const receiver = new Receiver();
    receiver.#server = http.createServer((request, response) => receiver.#take(request, response));
    const host = here === "127.0.0.1" ? here : undefined;
    await new Promise((resolve, reject) => {
      receiver.#server.once("error", reject);
      receiver.#server.listen(0, host, resolve);
    });
    receiver.url = `http://${here}:${receiver.#server.address().port}/`;
    const made = await control.post(`${path}/subscriptions`, { url: receiver.url });
    receiver.id = made.id;
    receiver.secret = made.secret;
    return receiver;
  }

  /** What came, verified; throws `InvalidDelivery` where a signature is wrong. */
  get events() {
    const name = SIGNATURE_HEADER.toLowerCase();
    return this.received.map(({ body, headers }) => parseDelivery(body, headers[name], this.secret));
  }

  /** The first `count` events, of this type if one is named, waited for in real time. */
  async waitFor(type, { count = 1, timeout = 10 } = {}) {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      this.#wake();
    }, timeout * 1000);
    try {
      for (;;) {
        const found = this.events.filter((each) => type === undefined || each.type === type);
        if (found.length >= count) return found.slice(0, count);
        if (over) {
          const came = this.events.map((each) => each.type).join(", ") || "nothing";
          throw new AssertionFailed(`waited ${timeout} s for ${count} × ${type ?? "any event"}; received ${came}`);
        }
        await new Promise((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #take(request, response) {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the sender is gone before its end
    }
    const received = { path: request.url, headers: request.headers, body: Buffer.concat(chunks) };
    this.received.push(received);
    this.#wake();
    const told = typeof this.answer === "function" ? await this.answer(received) : this.answer;
    const { status = 204, headers = {}, body = "", drop = false } = typeof told === "number" ? { status: told } : told;
    if (drop) request.socket.destroy();
    else response.writeHead(status, headers).end(body);
  }
}

module.exports = { Receiver };
