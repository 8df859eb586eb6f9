// How the types of the package are used from ES modules: each line compiles, but for those that say that they must not.
import { connect, parseDelivery, verifySignature, type Product } from "smartcal-api";
import type { paths as ControlPaths } from "smartcal-api/control";
import { test as jestTest } from "smartcal-api/jest";
import { test as nodeTest } from "smartcal-api/node-test";
import type { paths } from "smartcal-api/product";
import { test, testWith } from "smartcal-api/vitest";
import createClient from "openapi-fetch";
import { expect } from "vitest";

test("what a test does", async ({ smartcal, task }) => {
  await smartcal.fault("status", { status: 503, headers: { "Retry-After": 2 }, operations: "listEvents", next: 1 });
  // @ts-expect-error a drop has no status
  await smartcal.fault("drop", { status: 503 });
  // @ts-expect-error there is no such kind
  await smartcal.fault("statu");
  const booking = await smartcal.given.booking({ status: "confirmed", start_time: "now+1h", invitee: { name: task.name } });
  // @ts-expect-error there is no such status
  await smartcal.given.booking({ status: "done" });
  const status: "pending" | "confirmed" | "cancelled" | "completed" | "no_show" = booking.status;
  const delivery = await smartcal.deliveries.next("booking.created");
  expect(delivery.body.data.invitee.name).toBe(status);
  const [synced] = await (await smartcal.receiver()).waitFor("calendar.synced");
  expect(synced?.data.id).toBeDefined();
  const headers = { Authorization: `Bearer ${await smartcal.key("read")}` };
  const client = createClient<paths>({ baseUrl: smartcal.rootUrl, headers });
  const { data } = await client.GET("/api/v1/bookings", { params: { query: { upcoming: true, per_page: 1 } } });
  expect(data?.data[0]?.invitee.name).toBe("Ann");
  const control = createClient<ControlPaths>({ baseUrl: smartcal.rootUrl });
  await control.POST("/_sandbox/sandboxes", { body: { frozen: true } });
  await smartcal.clock.set(new Date());
  const { body } = await smartcal.client("read").get<Product["Event"]>("/events/x");
  expect(body.title).toBe("x");
});

testWith({ events: 0 })("an empty one", async ({ smartcal }) => {
  await smartcal.snapshot();
});
// @ts-expect-error there is no such member
testWith({ evnts: 0 });

nodeTest("with options", { timeout: 5 }, async ({ smartcal, signal }) => {
  await smartcal.clock.advance(signal.aborted ? "2d" : 2);
});
jestTest.each([[1, "a"]] as const)("with rows", async (number, text, { smartcal }) => {
  await smartcal.client(number.toFixed(), text.trim()).get("/me");
});

const event = parseDelivery(Buffer.from(""), undefined, "secret");
if (event.type === "booking.cancelled") console.log(event.data.cancellation?.reason);
// @ts-expect-error what was parsed is not raw
verifySignature({ id: 1 }, "sha256=", "secret");
export const server = connect();
