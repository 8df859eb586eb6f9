// A refusal, in the form that all of this deployment's refusals have.
export class Refusal extends Error {
  constructor(status, code, message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }
}

export const json = (status, value, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

export const page = (status, title, headers = {}) => ({
  status,
  headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...headers },
  body: Buffer.from(`<!doctype html><title>${title}</title><h1>${title}</h1>`),
});

export const refused = (refusal) =>
  json(refusal.status, { error: { code: refusal.code, message: refusal.message } }, refusal.headers);
