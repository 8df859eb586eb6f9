const { test } = require("smartcal-api/jest");

test("the first to need a server, with timers that stand still", async ({ smartcal }) => {
  jest.useFakeTimers();
  const receiver = await smartcal.receiver();
  await smartcal.trigger("booking.created");
  expect((await receiver.waitFor("booking.created"))[0].data.status).toBe("confirmed");
  await expect(receiver.waitFor("calendar.synced", { timeout: 0.1 })).rejects.toThrow(/received .*booking\.created/);
  jest.useRealTimers();
});
