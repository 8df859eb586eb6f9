"use strict";
// A sandbox for the time of one test.
const { shortened } = require("./errors.js");
const { aftermath } = require("./failure.js");
const { connect } = require("./server.js");

let server; // the run's, found or started when the first test asks for it

/** Resolves when there is a server. To start one may take longer than a runner gives a test. */
async function prepared() {
  server ??= connect();
  return server;
}

/** Runs the body with a sandbox that is gone afterwards; where it rejects, `tell` is given what there is to show. */
async function sandboxed(wanted, test, tell, body) {
  const smartcal = await (await prepared()).sandbox(wanted);
  let result;
  try {
    result = await body(smartcal);
  } catch (error) {
    await tell(await aftermath(smartcal, test));
    await smartcal.close().catch(() => undefined); // what the test has met is what counts
    throw shortened(error);
  }
  await smartcal.close();
  return result;
}

module.exports = { prepared, sandboxed };
