"use strict";
// For Jest: a `test` whose function is given `{ smartcal }`, behind the row of a table where there is one.
const { basename } = require("node:path");
const { START_SECONDS } = require("./server.js");
const { prepared, sandboxed } = require("./sandboxed.js");

const { beforeAll, expect, test: jestTest } = globalThis.test ? globalThis : require("@jest/globals");
const MODIFIERS = ["only", "skip", "failing"];

/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
function testWith(wanted) {
  const tell = (text) => process.stderr.write(`${text}\n`);
  const run = (name, body) => (...row) => {
    const { currentTestName = name, testPath = "" } = expect.getState();
    return sandboxed(wanted, `${basename(testPath)} ${currentTestName}`, tell, (smartcal) => body(...row, { smartcal }));
  };
  const over = (test) => {
    const wrapped = (name, body, timeout) => test(name, body && run(name, body), timeout);
    wrapped.each = (...table) => (name, body, timeout) => test.each(...table)(name, run(name, body), timeout);
    return wrapped;
  };
  const test = over(jestTest);
  for (const modifier of MODIFIERS) test[modifier] = over(jestTest[modifier]);
  test.todo = jestTest.todo;
  return test;
}

beforeAll(prepared, START_SECONDS * 1000);

const test = testWith({});

module.exports = { it: test, test, testWith };
