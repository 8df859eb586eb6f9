"use strict";
// Requests to the product as a test makes them: one line each, with the answer's body at hand.
const { exchange, query, isJson } = require("./exchange.js");

/** Sends the key to `baseUrl`; any status is an answer. Each request has a connection of its own. */
class Client {
  #key;

  /** `key` gives the key, or a promise of it. */
  constructor(baseUrl, key) {
    this.baseUrl = baseUrl;
    this.#key = key;
  }

  get(path, members, headers) {
    return this.request("GET", path + query(members), undefined, headers);
  }

  post(path, body, headers) {
    return this.request("POST", path, body, headers);
  }

  put(path, body, headers) {
    return this.request("PUT", path, body, headers);
  }

  patch(path, body, headers) {
    return this.request("PATCH", path, body, headers);
  }

  delete(path, headers) {
    return this.request("DELETE", path, undefined, headers);
  }

  async request(method, path, body, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const own = { Accept: "application/json", Authorization: `Bearer ${await this.#key()}` };
    if (text !== undefined) {
      own["Content-Type"] = "application/json";
      own["Content-Length"] = Buffer.byteLength(text);
    }
    const answer = await exchange(method, this.baseUrl + path, { headers: { ...own, ...headers }, body: text });
    const { status, bytes } = answer;
    return { status, headers: answer.headers, bytes, body: value(answer) };
  }
}

function value({ headers, bytes }) {
  if (!bytes.length) return undefined;
  return isJson(headers) ? JSON.parse(bytes) : bytes.toString();
}

module.exports = { Client };
