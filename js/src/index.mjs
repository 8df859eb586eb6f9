import smartcal from "./index.js";

export const {
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
} = smartcal;
