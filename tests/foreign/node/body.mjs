// Bodies of JSON.
import { Refusal } from "./problem.mjs";

export function parsed(body, latin = false) {
  let value;
  try {
    const text = latin ? body.toString("latin1") : new TextDecoder("utf-8", { fatal: true }).decode(body);
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, "bad_json", "The body is not JSON.");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new Refusal(422, "bad_body", "The body is not an object.");
  return value;
}
