// Tells subscribers what happened: POST, signed, tried again when it fails.
import { createHmac, randomUUID } from "node:crypto";

const RETRIES = [500, 2_000, 8_000];
const ascii = (text) => text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export class Deliveries {
  constructor(bugs, tunnel) {
    Object.assign(this, { bugs, tunnel });
  }

  tell(account, type, resource) {
    const body = JSON.stringify({ id: randomUUID(), event: type, created: Date.now(), resource });
    for (const hook of [...account.hooks.values(), ...(account.gone ?? [])]) {
      const wanted = this.bugs.has("first-type-alone-is-told") ? hook.events.slice(0, 1) : hook.events;
      if (wanted.includes(type)) this.attempt(account, hook, body, 0);
    }
  }

  async attempt(account, hook, body, number) {
    if (!account.hooks.has(hook.id) && !this.bugs.has("deleted-webhook-is-told")) return;
    const url = this.tunnel ? hook.url.replace(this.tunnel[0], this.tunnel[1]) : hook.url;
    const headers = { "Content-Type": "application/json", "X-SmartCalPro-Signature": this.sign(hook, body, number) };
    const method = this.bugs.has("told-by-put") ? "PUT" : "POST";
    let ok = false;
    try {
      const signal = AbortSignal.timeout(5_000);
      const answer = await fetch(url, { method, headers, body, redirect: "manual", signal });
      await answer.arrayBuffer();
      ok = answer.ok;
    } catch {
      ok = false;
    }
    if (!ok && number < RETRIES.length)
      setTimeout(() => this.attempt(account, hook, body, number + 1), RETRIES[number]).unref();
  }

  sign(hook, body, number) {
    let signed = this.bugs.has("signed-as-ascii") ? ascii(body) : body;
    if (number > 0 && this.bugs.has("retries-signed-anew-without-body")) signed = "";
    return `sha256=${createHmac("sha256", hook.secret).update(signed).digest("hex")}`;
  }
}
