// The vectors that every receiver of SmartCal's webhooks is held to. VECTORS is the file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { InvalidDelivery, SIGNATURE_HEADER, parseDelivery, verifySignature } from "smartcal-api";

const { cases, header: name } = JSON.parse(readFileSync(process.env.VECTORS, "utf8"));

test("each vector is judged rightly, in whatever form the bytes come", () => {
  assert.equal(name, SIGNATURE_HEADER);
  assert.ok(cases.length > 20);
  for (const { name, body_base64, secret, header, valid } of cases) {
    const bytes = Buffer.from(body_base64, "base64");
    const view = new Uint8Array([1, ...bytes]).subarray(1);
    for (const body of [bytes, view, view.slice().buffer]) {
      assert.equal(verifySignature(body, header, secret), valid, name);
    }
  }
});

test("a header that is missing, or comes twice, signs nothing", () => {
  for (const header of [undefined, null, "", ["sha256=00", "sha256=00"], {}]) {
    assert.equal(verifySignature("x", header, "secret"), false);
    assert.throws(() => parseDelivery("x", header, "secret"), InvalidDelivery);
  }
});

test("a body that has been parsed is told how to stay raw", () => {
  for (const body of [{ id: "evd_1" }, undefined, null, []]) {
    assert.throws(() => verifySignature(body, "sha256=00", "secret"), /express\.raw/);
  }
});
