// What a sandbox has, part by part, beyond what the pages show.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { AssertionFailed, InvalidDelivery, Refused, SIGNATURE_HEADER, connect, parseDelivery } from "smartcal-api";
import { test, testWith } from "smartcal-api/node-test";

const status = async (client, path = "/me") => (await client.get(path)).status;

test("ES modules and CommonJS see the same server and the same errors", async ({ smartcal }) => {
  const required = createRequire(import.meta.url)("smartcal-api");
  assert.equal(required.Refused, Refused);
  const other = await (await required.connect()).sandbox({ events: 0, bookings: 0 });
  assert.equal(new URL(other.rootUrl).host, new URL(smartcal.rootUrl).host);
  assert.notEqual(other.name, smartcal.name);
  await other.close();
  await other.close(); // it has gone already
  await assert.rejects(other.clock.now(), Refused);
});

test("keys: the same each time, new ones with a budget of their own, and those of another account", async ({ smartcal }) => {
  const [first, again, fresh] = [await smartcal.key("read", "write"), await smartcal.key("write", "read"), await smartcal.newKey("read")];
  assert.equal(first, again);
  assert.notEqual(fresh, smartcal.keys.read);
  await smartcal.limits.exhaust(smartcal.keys.read);
  assert.equal(await status(smartcal.client("read")), 429);
  const me = async (key) => {
    const answer = await fetch(`${smartcal.baseUrl}/me`, { headers: { "X-API-Key": key } });
    return { status: answer.status, id: (await answer.json()).id };
  };
  assert.equal((await me(fresh)).status, 200);
  assert.notEqual((await me(fresh)).id, (await me(smartcal.otherKeys.read)).id);
});

test("limits: the next are refused, all are lifted, or scaled", async ({ smartcal }) => {
  const api = smartcal.client("read");
  await smartcal.limits.refuse(1);
  assert.deepEqual([await status(api), await status(api)], [429, 200]);
  await smartcal.limits.exhaust(smartcal.key("read"));
  await smartcal.limits.off();
  assert.equal(await status(api), 200);
});

testWith({ now: "2026-03-04T12:00:00Z" })("limits are scaled, and time is set by a Date", async ({ smartcal }) => {
  await smartcal.limits.scale(0.02);
  const api = smartcal.client("read");
  assert.deepEqual([await status(api), await status(api), await status(api)], [200, 200, 429]);
  assert.match(await smartcal.clock.set(new Date("2026-03-04T13:00:00Z")), /^2026-03-04T13:00:00/);
  assert.match(await smartcal.clock.now(), /^2026-03-04T13:00:00/);
  await assert.rejects(smartcal.clock.set("2020-01-01T00:00:00Z"), /only moves forward/);
});

test("resources of each kind are put, and a slip in a name is told", async ({ smartcal }) => {
  const event = await smartcal.given.event({ title: "Mine" });
  const page = await smartcal.given.bookingPage({});
  const webhook = await smartcal.given.webhook({ url: "http://127.0.0.1:9/hook" });
  assert.equal((await smartcal.client("read").get(`/events/${event.id}`)).body.title, "Mine");
  assert.ok(page.id);
  assert.ok(webhook.secret);
  await assert.rejects(smartcal.given.resource("Bookng"), Refused);
  await assert.rejects(smartcal.given.event({ titel: "x" }), /titel/);
});

test("a fault is cleared, a snapshot says what has changed", async ({ smartcal }) => {
  await smartcal.fault("status", { status: 503 });
  assert.equal(await status(smartcal.client("read")), 503);
  await smartcal.clearFaults();
  const before = await smartcal.snapshot();
  const { id } = await smartcal.given.event({ title: "New" });
  assert.ok(JSON.stringify(await before.diff()).includes(id));
  await before.restore();
  assert.equal(await status(smartcal.client("read"), `/events/${id}`), 404);
});

test("deliveries: given once each, redelivered, and waited for no longer than is said", async ({ smartcal }) => {
  const receiver = await smartcal.receiver();
  assert.equal(receiver, await smartcal.receiver());
  receiver.answer = ({ headers }) => (headers[SIGNATURE_HEADER.toLowerCase()] ? 204 : 401);
  await smartcal.trigger("event.created", { title: "One" });
  await smartcal.trigger("event.created", { title: "Two" });
  const next = async () => (await smartcal.deliveries.next("event.created")).body.data.title;
  assert.deepEqual([await next(), await next()].sort(), ["One", "Two"]);
  await assert.rejects(smartcal.deliveries.next("event.created", { timeout: 0.01 }), AssertionFailed);
  const [{ id, event }] = await smartcal.deliveries.list({ state: "delivered", event_type: "event.created" });
  await smartcal.deliveries.redeliver(id);
  await smartcal.deliveries.redeliver(event);
  const came = await receiver.waitFor("event.created", { count: 4 });
  assert.equal(new Set(came.map((each) => each.id)).size, 2);
  await assert.rejects(receiver.waitFor("booking.created", { timeout: 0.01 }), /received event\.created/);
  const [{ body, headers }] = receiver.received;
  assert.equal(parseDelivery(body, headers[SIGNATURE_HEADER.toLowerCase()], receiver.secret).type, "event.created");
  assert.throws(() => parseDelivery(body, headers[SIGNATURE_HEADER.toLowerCase()], "another"), InvalidDelivery);
});

test("a receiver that hangs up has the delivery retried by the clock", async ({ smartcal }) => {
  const receiver = await smartcal.receiver();
  receiver.answer = { drop: true };
  await smartcal.trigger("event.created");
  await smartcal.deliveries.waitUntilSettled();
  receiver.answer = 204;
  await smartcal.clock.advance("1h");
  assert.equal((await smartcal.deliveries.next("event.created")).attempt_log.length, 2);
});

test("the journal is read, waited for, and claimed of", async ({ smartcal }) => {
  const asked = smartcal.journal.waitFor({ operation: "getAccount" });
  await smartcal.client("read").get("/me");
  assert.equal((await asked).operation, "getAccount");
  assert.equal((await smartcal.journal.entries({ status: "2xx" })).length, 1);
  await assert.rejects(smartcal.journal.assertCount(0, { operation: "getAccount" }), AssertionFailed);
  await assert.rejects(smartcal.journal.waitFor({ operation: "listEvents" }, { timeout: 0.01 }), AssertionFailed);
});

test("a sandbox is ended by `await using`, where the language has it", async () => {
  const server = await connect();
  const sandbox = await server.sandbox({ events: 0, bookings: 0 });
  if (Symbol.asyncDispose) await sandbox[Symbol.asyncDispose]();
  else await sandbox.close();
  await assert.rejects(sandbox.clock.now(), Refused);
});
