"use strict";
// Requests to the control plane of a server.
const { Agent } = require("node:http");
const { Refused, SmartCalError } = require("./errors.js");
const { exchange, query, isJson } = require("./exchange.js");

class Control {
  #agent = new Agent({ keepAlive: true });
  #headers = { "Content-Type": "application/json", Accept: "application/json" };

  /** `place` says where the address was learnt. */
  constructor({ url, token, place }) {
    this.url = url.replace(/\/$/, "");
    this.place = place;
    if (token) this.#headers.Authorization = `Bearer ${token}`;
  }

  get(path, members) {
    return this.request("GET", path + query(members));
  }

  post(path, body = {}, patience = 0) {
    return this.request("POST", path, body, patience);
  }

  put(path, body = {}) {
    return this.request("PUT", path, body);
  }

  patch(path, body = {}) {
    return this.request("PATCH", path, body);
  }

  delete(path) {
    return this.request("DELETE", path);
  }

  /** The JSON of an answer, bytes of any other, undefined of none. `patience`: how much longer to wait, in seconds. */
  async request(method, path, body, patience = 0) {
    const answer = await this.#send(method, path, body, patience);
    if (answer.status >= 400) throw refused(answer, this.url);
    if (!answer.bytes.length) return undefined;
    return isJson(answer.headers) ? JSON.parse(answer.bytes) : answer.bytes;
  }

  async #send(method, path, body, patience) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const length = text === undefined ? {} : { "Content-Length": Buffer.byteLength(text) };
    const headers = { ...this.#headers, ...length };
    const options = { headers, body: text, seconds: 60 + patience, agent: this.#agent };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await exchange(method, this.url + path, options);
      } catch (error) {
        // A server closes connections that were idle; the request has not been taken then.
        if (error.reused && attempt < 3) continue;
        const why = error.code ?? error.message;
        throw new SmartCalError(`no SmartCal server answers at ${this.url} (${why}), which ${this.place} names`);
      }
    }
  }
}

function refused({ status, bytes }, url) {
  try {
    const { code, detail, errors = [] } = JSON.parse(bytes);
    // Those of a claim tell what was seen, and are at no place of it.
    const line = ({ pointer, parameter, detail: said }) =>
      code === "assertion_failed" || !(pointer || parameter) ? said : `${pointer || parameter}: ${said}`;
    if (typeof detail === "string") return new Refused(status, code, detail, errors.map(line));
  } catch {
    // what follows says so
  }
  return new Refused(status, "", `${url} answered ${status} and no problem; is it a SmartCal control plane?`);
}

module.exports = { Control };
