"use strict";
// A sandbox for the time of one test.
const { shortened } = require("./errors.js");
const { aftermath } = require("./failure.js");
const { connect } = require("./server.js");

let server; // the run's, found or started when the first test asks for it

/** Runs the body with a sandbox that is gone afterwards; where it rejects, `tell` is given what there is to show. */
async function sandboxed(wanted, test, tell, body) {
  server ??= connect();
  const smartcal = await (await server).sandbox(wanted);
  try {
    return await body(smartcal);
  } catch (error) {
    await tell(await aftermath(smartcal, test));
    throw shortened(error);
  } finally {
    await smartcal.close();
  }
}

module.exports = { sandboxed };
