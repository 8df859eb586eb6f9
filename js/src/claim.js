"use strict";
// What a test says of its sandbox: where it isn't so, the test fails as by any other assertion.
const { AssertionFailed, Refused } = require("./errors.js");

/** The answer of a request that claims something; rejects with `AssertionFailed` where it isn't so. */
async function claim(request) {
  try {
    return await request;
  } catch (error) {
    // Whatever else is refused is a mistake of the test.
    if (!(error instanceof Refused) || error.status !== 409) throw error;
    const seen = error.listed.length ? `\nerrors:\n  ${error.listed.join("\n  ")}` : "";
    throw new AssertionFailed(error.detail + seen);
  }
}

module.exports = { claim };
