"use strict";
// What goes wrong, told where the test stands: its own lines are in the stack, and none of these.

/** The error, without the lines of this package in its stack. */
function shortened(error) {
  if (typeof error?.stack === "string") {
    error.stack = error.stack.split("\n").filter((line) => !line.includes(__dirname)).join("\n");
  }
  return error;
}

/** Whatever this package throws. */
class SmartCalError extends Error {
  constructor(message) {
    super(message);
    this.name = new.target.name;
    shortened(this);
  }
}

/** The control plane said no: `status` and `code` are those of its problem, the message its detail. */
class Refused extends SmartCalError {
  constructor(status, code, detail, listed = []) {
    super(listed.length > 1 ? [detail, ...listed.slice(1)].join("\n  ") : detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.listed = listed;
  }
}

/** What a test claimed isn't so. */
class AssertionFailed extends SmartCalError {}

/** A delivery that is not to be believed: its signature is wrong, or its body is not an event. */
class InvalidDelivery extends SmartCalError {}

module.exports = { AssertionFailed, InvalidDelivery, Refused, SmartCalError, shortened };
