// The same for Jest, whose test files are CommonJS.
const { test, testWith } = require("smartcal-api/jest");

test("refused by the contract", async ({ smartcal }) => {
  const { status } = await smartcal.client("read").post("/events", {});
  if (status !== 200) throw new Error(`it was ${status}`);
});
test("a claim that isn't so", async ({ smartcal }) => {
  await smartcal.client("read").get("/me");
  await smartcal.journal.assertCount(2, { operation: "getAccount" });
});
test("a name that there is not", async ({ smartcal }) => {
  await smartcal.journal.assertCount(0, { operation: "getAcount" });
});
testWith({ evnts: 1 })("a sandbox that can't be made", async ({ smartcal }) => {
  await smartcal.clock.now();
});
