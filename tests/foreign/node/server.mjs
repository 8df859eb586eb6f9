// HTTP: reads requests, writes answers, and what lies between a client and a server on real networks.
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { answer } from "./api.mjs";
import { oauth } from "./oauth.mjs";
import { Refusal, page, refused } from "./problem.mjs";

const LARGEST = 1_000_000;
const OF_EACH_CONNECTION = 50;

export function listen(site, limiter, noise, port) {
  const server = createServer({ maxHeaderSize: 32_768, requireHostHeader: true }, (req, res) => {
    serve(site, limiter, noise, req, res).catch((error) => {
      console.error(error);
      res.writeHead(500).end();
    });
  });
  server.maxRequestsPerSocket = OF_EACH_CONNECTION;
  server.keepAliveTimeout = 20_000;
  return new Promise((done) => server.listen(port, "127.0.0.1", () => done(server.address().port)));
}

async function serve(site, limiter, noise, req, res) {
  const body = await read(req);
  if (noise.latency) await new Promise((done) => setTimeout(done, Math.random() * noise.latency));
  const lost = Math.random() < noise.gateway;
  if (lost && Math.random() < 0.7) return gateway(res); // it never got through
  const request = parse(req, body);
  const caller = site.bugs.has("key-in-any-case") ? anyCase(site, request) : known(site, request);
  const who = request.path.startsWith("/oauth/") ? null : (caller?.value ?? `address ${req.socket.remoteAddress}`);
  const { admitted, headers } = limiter.take(who, request.path, caller?.kind === "token");
  const given = { ...(await result(site, request, caller, admitted)) };
  if (lost) return gateway(res); // it did, and its answer was lost
  send(req, res, { ...given, headers: { ...given.headers, ...headers } }, noise.coding);
}

async function result(site, request, caller, admitted) {
  try {
    if (!admitted) throw new Refusal(429, "slow_down", "Too many requests; wait a little.");
    if (request.body === null) throw new Refusal(413, "too_large", "The body is too large.");
    return request.path.startsWith("/oauth/") ? oauth(site, request) : answer(site, request, caller);
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

async function read(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= LARGEST) chunks.push(chunk);
  }
  return size > LARGEST ? null : Buffer.concat(chunks);
}

function parse(req, body) {
  const target = req.url.replace(/^https?:\/\/[^/?]*/i, "") || "/";
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  return { method: req.method, path, query, headers: req.headers, body };
}

function credential(request) {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
  return bearer ?? (request.headers.authorization ? undefined : request.headers["x-api-key"]);
}

function known(site, request) {
  const value = credential(request);
  let found = site.keys.get(value);
  if (!found && site.bugs.has("key-by-its-beginning") && value?.length >= 12)
    found = [...site.keys.values()].find((each) => each.value.startsWith(value));
  return found && found.until < Date.now() ? undefined : found;
}

const anyCase = (site, request) => {
  const value = credential(request)?.toLowerCase();
  return [...site.keys.values()].find((each) => each.value.toLowerCase() === value);
};

function gateway(res) {
  const body = "<html><head><title>502 Bad Gateway</title></head><body><center>502 Bad Gateway</center></body></html>";
  res.writeHead(502, { "Content-Type": "text/html", Server: "edge" }).end(body);
}

function send(req, res, { status, headers, body }, coding) {
  let bytes = status === 204 ? Buffer.alloc(0) : (body ?? page(status, String(status)).body);
  const asked = /(^|[,\s])(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[^,]*)?\s*(,|$)/i.test(req.headers["accept-encoding"] ?? "");
  const all = { ...headers, Vary: "Accept-Encoding" };
  if (bytes.length && (coding === "always" || (coding === "asked" && asked))) {
    bytes = gzipSync(bytes);
    all["Content-Encoding"] = "gzip";
  }
  res.writeHead(status, all);
  if (req.method === "HEAD" || !bytes.length) return res.end();
  res.write(bytes.subarray(0, 20)); // so that it goes out in chunks
  return res.end(bytes.subarray(20));
}
