"use strict";
// One HTTP request and its answer, by node:http: tests replace `fetch` and the timers, and this works all the same.
const http = require("node:http");

/** Rejects where no whole answer comes, or nothing for so many `seconds`. */
function exchange(method, url, { headers = {}, body, seconds = 60, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent });
    request.setTimeout(seconds * 1000, () => request.destroy(new Error(`no answer within ${seconds} s`)));
    request.on("error", (error) => {
      error.reused = request.reusedSocket && error.code === "ECONNRESET";
      reject(error);
    });
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status, headers } = response;
        resolve({ status, headers, bytes: Buffer.concat(chunks) });
      });
    });
    request.end(body);
  });
}

/** Names and values of a query; of a list each, of undefined and null nothing. */
function query(members = {}) {
  const pairs = Object.entries(members).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  const given = pairs.filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}

const isJson = (headers) => /^application\/(?:[\w.+-]+\+)?json\b/i.test(headers["content-type"] ?? "");

module.exports = { exchange, query, isJson };
