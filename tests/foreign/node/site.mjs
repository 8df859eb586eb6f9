// The accounts of a deployment: their data, their keys, the apps that may ask for access.
import { randomBytes, randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { Deliveries } from "./deliveries.mjs";
import { Grants } from "./grants.mjs";

const DAY = 86_400_000;
const SCOPES = ["read", "write", "webhooks", "admin"];

export class Site {
  constructor({ bugs, ids, envelope, bookings, tunnel, issued }) {
    Object.assign(this, { bugs, envelope, ids, issued, serial: 1000, keys: new Map() });
    this.accounts = [this.account("Nora Field", bookings, 60), this.account("Omar Voss", 8, 9)];
    this.own = this.issue(this.accounts[0], [["read"], ["write"], ["webhooks"], ["admin"]]);
    this.other = this.issue(this.accounts[1], [["admin"]]);
    this.clients = [
      { id: "planner", secret: randomBytes(24).toString("hex"), uris: ["https://planner.example/oauth/done"] },
      { id: "agenda", secret: randomBytes(24).toString("hex"), uris: ["https://agenda.example/cb?tenant=7"] },
    ];
    this.deliveries = new Deliveries(bugs, tunnel);
    this.grants = new Grants(this);
  }

  handout() {
    const told = (keys) => keys.map(([value, key]) => ({ scopes: key.scopes, value }));
    return { keys: told(this.own), other_keys: told(this.other), clients: this.clients };
  }

  id() {
    return this.ids === "number" ? String((this.serial += 7)) : randomUUID();
  }

  // A secret that is given out, noted for whoever looks where it is shown.
  secret(bytes) {
    const value = randomBytes(bytes).toString("base64url");
    if (this.issued) appendFileSync(this.issued, `${value}\n`);
    return value;
  }

  issue(account, grants) {
    return grants.map((scopes) => {
      const value = `scp_${randomBytes(18).toString("base64url")}`;
      const key = { account, scopes, kind: "key", value };
      this.keys.set(value, key);
      return [value, key];
    });
  }

  account(name, bookings, events) {
    const account = { id: this.id(), name, email: `${name.split(" ")[0].toLowerCase()}@example.com`, hooks: new Map() };
    account.events = this.rows(events, (i, at) => ({
      title: `Meeting ${i}`,
      status: ["confirmed", "confirmed", "tentative", "cancelled"][i % 4],
      source: ["smartcal", "google", "outlook"][i % 3],
      start_time: iso(at),
      end_time: iso(at + DAY / 24),
    }));
    account.pages = this.rows(5, (i) => ({ title: `${15 * (i + 1)} minutes`, slug: `m${i}`, minutes: 15 * (i + 1) }));
    account.bookings = this.rows(bookings, (i, at) => {
      const past = at < Date.now();
      const status = past ? ["completed", "no_show"][i % 2] : ["confirmed", "confirmed", "pending", "cancelled"][i % 4];
      const event = this.row({ title: `Call ${i}`, status: status === "cancelled" ? status : "confirmed" });
      Object.assign(event, { source: "smartcal", start_time: iso(at), end_time: iso(at + DAY / 48) });
      account.events.set(event.id, event);
      const { start_time, end_time } = event;
      const cancellation = status === "cancelled" ? { reason: null, at: iso(Date.now()) } : null;
      return { status, start_time, end_time, event_id: event.id, guest: `guest${i}@example.com`, cancellation };
    });
    return account;
  }

  row(members) {
    return { id: this.id(), ...members };
  }

  // A fifth lies in the past; some start at the same time, and one starts within the next hours.
  rows(count, make) {
    const found = new Map();
    for (let i = 0; i < count; i++) {
      const at = Math.floor(Date.now() / 1000) * 1000 + (Math.floor(i / 2) - Math.floor(count / 10)) * DAY * 0.7 + DAY / 6;
      const row = this.row(make(i, at));
      found.set(row.id, row);
    }
    return found;
  }
}

export const iso = (at) => new Date(at).toISOString();
export { SCOPES };
