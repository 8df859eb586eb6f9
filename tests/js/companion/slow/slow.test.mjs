import { expect } from "vitest";
import { test } from "smartcal-api/vitest";

test("the first to need a server, and what each attempt has", { retry: 1 }, async ({ smartcal, task }) => {
  const { body } = await smartcal.client("read").get("/me");
  await smartcal.journal.assertCount(1, { operation: "getAccount" }); // a sandbox of its own each time
  if (!task.result.retryCount) throw new Error("once");
  expect(body.auth_method).toBe("api_key");
});

test.concurrent.for(["one", "two"])("at once: %s", async (_, { smartcal }) => {
  const receiver = await smartcal.receiver();
  await smartcal.trigger("booking.created");
  const deliveries = await Promise.all([smartcal.deliveries.next(), smartcal.deliveries.next()]);
  expect(new Set(deliveries.map((each) => each.id)).size).toBe(2);
  expect(new Set(receiver.events.map((each) => each.type))).toEqual(new Set(["booking.created", "event.created"]));
  await smartcal.close(); // nobody minds
});
