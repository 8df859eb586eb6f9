"use strict";
// A local SmartCal Pro in tests: found or started, with a sandbox for each.
const { Control } = require("./control.js");
const { AssertionFailed, InvalidDelivery, Refused, SmartCalError } = require("./errors.js");
const { Server, connect } = require("./server.js");
const { SmartCal } = require("./smartcal.js");
const { SIGNATURE_HEADER, parseDelivery, verifySignature } = require("./signature.js");

module.exports = {
  AssertionFailed,
  Control,
  InvalidDelivery,
  Refused,
  SIGNATURE_HEADER,
  Server,
  SmartCal,
  SmartCalError,
  connect,
  parseDelivery,
  verifySignature,
};
