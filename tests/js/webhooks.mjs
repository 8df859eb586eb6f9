// @octokit/webhooks-methods, whose signatures have the same format, judges the vectors and deliveries of a live server.
// Usage: node webhooks.mjs READY_FILE VECTORS of a server that runs with --rate-limits off.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { sign, verify } from "@octokit/webhooks-methods";

const ready = JSON.parse(await readFile(process.argv[2], "utf8"));
const vectors = JSON.parse(await readFile(process.argv[3], "utf8"));

// It takes text alone, and throws where something is empty: both are no signature.
const verified = (secret, body, header) => verify(secret, body, header).catch(() => false);

let agreed = 0;
for (const { name, body, secret, header, valid } of vectors.cases) {
  if (body === undefined || body === "") continue;
  assert.equal(await verified(secret, body, header), valid, name);
  if (valid) assert.equal(await sign(secret, body), header, name);
  agreed += 1;
}
console.log(`${agreed} signature vectors: octokit agrees`);

const deliveries = [];
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    deliveries.push([Buffer.concat(chunks).toString("utf8"), request.headers[vectors.header.toLowerCase()]]);
    response.writeHead(204).end();
    if (deliveries.length === wanted) arrived();
  });
});
const wanted = 20;
let arrived;
const all = new Promise((resolve) => (arrived = resolve));
await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));

const key = { Authorization: `Bearer ${ready.keys.admin}`, "Content-Type": "application/json" };
const ask = async (path, method = "GET", body = undefined) => {
  const answer = await fetch(ready.base_url + path, { method, headers: key, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
};
const { secret } = await ask("/webhooks", "POST", {
  url: `http://127.0.0.1:${receiver.address().port}/`,
  events: ["booking.cancelled", "event.updated"],
});
const { data: bookings } = await ask("/bookings?upcoming=true&per_page=10");
for (const { id } of bookings) await ask(`/bookings/${id}/cancel`, "POST", { reason: "Grüße ☕" });
assert.equal(bookings.length * 2, wanted);
await all;
for (const [body, header] of deliveries) {
  assert.ok(await verify(secret, body, header), body);
  assert.ok(!(await verified(secret, `${body} `, header)));
}
console.log(`${deliveries.length} deliveries: octokit verifies each`);
receiver.close();
