// How the types of the package are used from CommonJS.
import { connect } from "smartcal-api";
import nodeTest = require("smartcal-api/node-test");

nodeTest.test("whatever", async ({ smartcal }) => {
  const other = await (await connect()).sandbox({ events: 0 });
  await other.close();
  await smartcal.close();
});
