// What is looked at stands in the URL, so that a link to it can be sent to somebody.
export const DEFAULT = "default";
const ALL = ["view", "sandbox", "request", "with", "delivery", "event", "collection", "id", "operation", "status", "principal", "text", "find"];

export function place() {
  const asked = new URLSearchParams(location.search);
  const found = Object.fromEntries(ALL.map((name) => [name, asked.get(name) ?? ""]));
  found.sandbox ||= DEFAULT;
  // A link that names a thing needs no view.
  found.view ||= found.find ? "find" : found.request ? "traffic" : found.delivery || found.event ? "deliveries" : found.collection ? "data" : "problems";
  return found;
}

/** The URL of another place; what isn't named is left, what is empty goes. */
export function link(changes, from = place()) {
  const next = { ...from, ...changes };
  const named = Object.entries(next).filter(([name, value]) => value && !(name === "sandbox" && value === DEFAULT));
  return `${location.pathname}?${new URLSearchParams(named)}`;
}

/** Of a place that has nothing of this one but its sandbox. */
export const elsewhere = (changes) => link(changes, { sandbox: place().sandbox });

export function go(url, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", url);
  dispatchEvent(new Event("place"));
}

/** Has links within the page, and the way back, change the place without loading anything. */
export function follow(changed) {
  addEventListener("popstate", changed);
  addEventListener("place", changed);
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[href]");
    if (!to || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash) return;
    event.preventDefault();
    go(to.href);
  });
}
