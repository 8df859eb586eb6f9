// A deployment of the SmartCal Pro API, written from the product document alone. Prints one line of JSON when it listens.
import { parseArgs } from "node:util";
import { Limiter } from "./limits.mjs";
import { listen } from "./server.mjs";
import { Site } from "./site.mjs";

const text = (fallback) => ({ type: "string", default: fallback });
const { values } = parseArgs({
  options: {
    port: text("0"),
    bugs: text(""), // names, separated by commas
    latency: text("0"), // milliseconds, at most
    gateway: text("0"), // the share of requests that something on the way answers with a 502
    coding: text("asked"), // asked, always, never
    limiter: text("bucket"), // bucket, window, log
    minute: text("100"), // requests; a test of the deployment itself may want fewer
    hour: text("1000"),
    envelope: text("data"), // data, items
    ids: text("uuid"), // uuid, number
    tunnel: text(""), // https://PUBLIC=http://LOCAL: where a public address really leads to
    bookings: text("150"),
    issued: text(""), // where to note the secrets that are given out
  },
});

process.stdin.resume().on("end", () => process.exit()); // whoever started it is gone

const bugs = new Set(values.bugs.split(",").filter(Boolean));
const site = new Site({
  bugs,
  ids: values.ids,
  envelope: values.envelope,
  bookings: Number(values.bookings),
  issued: values.issued,
  tunnel: values.tunnel ? values.tunnel.split("=") : null,
});
const limiter = new Limiter(values.limiter, bugs, Number(values.minute), Number(values.hour));
const noise = { latency: Number(values.latency), gateway: Number(values.gateway), coding: values.coding };
const port = await listen(site, limiter, noise, Number(values.port));
console.log(JSON.stringify({ root: `http://127.0.0.1:${port}`, ...site.handout() }));
