// The control plane's own API, as its document has it: /_sandbox/docs?of=control.
const CONTROL = "/_sandbox";
const TOKEN = "token";

export class Refused extends Error {
  constructor(status, problem) {
    super([problem.detail, ...(problem.errors ?? []).slice(0, 5).map((each) => each.detail)].join(" "));
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? "",
  set: (value) => sessionStorage.setItem(TOKEN, value),
};

/** What it answers, as JSON; null where there is no body. Throws `Refused`, whose message says what to do. */
export async function ask(method, path, body) {
  for (;;) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["Content-Type"] = "application/json";
    if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
    let answer;
    try {
      answer = await fetch(CONTROL + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    } catch {
      throw new Error("The server doesn't answer. Is it running? Start it again, and this page goes on by itself.");
    }
    if (answer.status === 401) {
      await askForToken();
      continue;
    }
    const text = await answer.text();
    const found = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Refused(answer.status, found ?? { detail: `The server answered ${answer.status}.` });
    return found;
  }
}

export const get = (path, query = {}) => {
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return ask("GET", asked.length ? `${path}?${new URLSearchParams(asked)}` : path);
};
export const post = (path, body = {}) => ask("POST", path, body);
export const put = (path, body) => ask("PUT", path, body);
export const patch = (path, body) => ask("PATCH", path, body);
export const remove = (path) => ask("DELETE", path);
export const of = (sandbox) => `/sandboxes/${encodeURIComponent(sandbox)}`;

let asking = null;

/** Until somebody has given one; all that wait for it ask once. */
export function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.querySelector("#token");
    dialog.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      token.set(new FormData(event.target).get("token"));
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}
