// 100 requests a minute and 1,000 an hour for each key or token, counted in one of three usual ways.
const MINUTE = 60_000;
const HOUR = 3_600_000;

class Bucket {
  constructor(limit, window) {
    Object.assign(this, { limit, window, tokens: limit, at: Date.now() });
  }
  left(now) {
    this.tokens = Math.min(this.limit, this.tokens + ((now - this.at) * this.limit) / this.window);
    this.at = now;
    return Math.floor(this.tokens);
  }
  take() {
    this.tokens -= 1;
  }
}

class Window {
  constructor(limit, window) {
    Object.assign(this, { limit, window, count: 0, began: 0 });
  }
  left(now) {
    const began = now - (now % this.window);
    if (began !== this.began) Object.assign(this, { began, count: 0 });
    return this.limit - this.count;
  }
  take() {
    this.count += 1;
  }
}

class Log {
  constructor(limit, window) {
    Object.assign(this, { limit, window, times: [] });
  }
  left(now) {
    while (this.times.length && this.times[0] <= now - this.window) this.times.shift();
    return this.limit - this.times.length;
  }
  take(now) {
    this.times.push(now);
  }
}

const KINDS = { bucket: Bucket, window: Window, log: Log };

export class Limiter {
  constructor(kind, bugs, minute, hour) {
    this.make = () => [new KINDS[kind](minute, MINUTE), new KINDS[kind](hour, HOUR)];
    if (bugs.has("bucket-without-burst")) this.make = () => [new Bucket(20, MINUTE / 5), new KINDS[kind](hour, HOUR)];
    Object.assign(this, { bugs, minute, budgets: new Map() });
  }

  // Whether it is admitted, and what the headers say of it.
  take(who, route, isToken) {
    if (who === null || this.bugs.has("no-limit") || (isToken && this.bugs.has("tokens-without-limit")))
      return { admitted: true, headers: this.headers(who === null ? this.minute : this.minute - 1) };
    const name = this.bugs.has("budget-for-each-endpoint") ? `${who} ${route}` : who;
    if (!this.budgets.has(name)) this.budgets.set(name, this.make());
    const counters = this.budgets.get(name);
    const now = Date.now();
    const admitted = counters.every((each) => each.left(now) >= 1);
    if (admitted) counters.forEach((each) => each.take(now));
    const left = Math.max(0, Math.min(...counters.map((each) => each.left(now))));
    return { admitted, headers: this.headers(left) };
  }

  headers(left) {
    return { "X-RateLimit-Limit": String(this.minute), "X-RateLimit-Remaining": String(left) };
  }
}
