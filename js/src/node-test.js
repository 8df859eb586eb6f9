"use strict";
// For Node's own runner: a `test` whose context has `smartcal`.
const { basename } = require("node:path");
const nodeTest = require("node:test");
const { sandboxed } = require("./sandboxed.js");

/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
function testWith(wanted) {
  const over = (test) => (...given) => {
    const body = given.at(-1);
    if (typeof body !== "function") return test(...given);
    const name = `${basename(process.argv[1] ?? "")} ${given.find((each) => typeof each === "string") ?? body.name}`;
    const tell = (text) => process.stderr.write(`${text}\n`);
    return test(...given.slice(0, -1), (context) =>
      sandboxed(wanted, name, tell, (smartcal) => body(Object.assign(context, { smartcal }))),
    );
  };
  const { only, skip, todo } = nodeTest.test;
  return Object.assign(over(nodeTest.test), { only: over(only), skip: over(skip), todo: over(todo) });
}

const test = testWith({});

module.exports = { it: test, test, testWith };
