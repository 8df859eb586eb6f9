// Cancelling a booking.
import { found } from "./api.mjs";
import { parsed } from "./body.mjs";
import { Refusal, json } from "./problem.mjs";
import { iso } from "./site.mjs";

export function cancel({ site, account, caller, id, body }) {
  const { bugs } = site;
  const booking = found(site, account, "bookings", id);
  if (!body.length && bugs.has("cancel-without-body-fails")) return json(500, { error: { code: "oops" } });
  const { reason = null } = body.length ? parsed(body, bugs.has("reason-read-as-latin-1")) : {};
  if (reason !== null && typeof reason !== "string") throw new Refusal(422, "bad_reason", "The reason is a text.");
  const again = bugs.has("another-key-cancels-again") && booking.by && booking.by !== caller.value;
  if (!["confirmed", "pending"].includes(booking.status) && !again)
    throw new Refusal(422, "not_open", "This booking is not open any more.");
  const before = { ...booking };
  const event = account.events.get(booking.event_id);
  Object.assign(booking, { status: "cancelled", cancellation: { reason, at: iso(Date.now()) } });
  Object.defineProperty(booking, "by", { value: caller.value, configurable: true });
  Object.assign(event, { status: "cancelled" });
  if (bugs.has("cancellation-undone-after-3-s"))
    setTimeout(() => {
      Object.assign(booking, before);
      Object.assign(event, { status: "confirmed" });
    }, 3_000).unref();
  site.deliveries.tell(account, "booking.cancelled", { ...booking });
  site.deliveries.tell(account, "event.updated", { ...event });
  return json(200, booking);
}
