"use strict";
// Signatures of deliveries: HMAC-SHA256 over the bytes that were sent, in lower-case hex behind `sha256=`.
const { createHmac, timingSafeEqual } = require("node:crypto");
const { InvalidDelivery } = require("./errors.js");

const SIGNATURE_HEADER = "X-SmartCalPro-Signature";
const PREFIX = "sha256=";

/** Whether the header signs these very bytes with this secret. One that is missing or malformed doesn't. */
function verifySignature(body, header, secret) {
  const signed = createHmac("sha256", secret).update(raw(body)).digest("hex");
  const expected = Buffer.from(PREFIX + signed);
  const given = Buffer.from(typeof header === "string" ? header : "");
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** The event of a delivery, once its signature has been verified; throws `InvalidDelivery`. */
function parseDelivery(body, header, secret) {
  if (!verifySignature(body, header, secret)) {
    const why = header ? "doesn't sign these bytes with this secret" : "is missing";
    throw new InvalidDelivery(`${SIGNATURE_HEADER} ${why}`);
  }
  let event;
  try {
    event = JSON.parse(raw(body).toString());
  } catch {
    throw new InvalidDelivery("the body is not JSON");
  }
  if (typeof event?.id === "string" && typeof event.type === "string") return event;
  throw new InvalidDelivery("the body is not an event: id or type is missing");
}

function raw(body) {
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError(
    "the body is not raw: give the bytes that came, before anything has parsed them; in Express by " +
      'express.raw({ type: "application/json" })',
  );
}

module.exports = { SIGNATURE_HEADER, parseDelivery, verifySignature };
