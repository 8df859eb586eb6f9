// A list of which only what is seen is in the page, so that ten thousand rows scroll like ten.
const HEIGHT = 52;
const BEYOND = 8;

/** `row(item)` makes an `li` of fixed height; `set(items)` shows others, and stays where somebody has scrolled to. */
export function rows(row, { label }) {
  const list = document.createElement("ol");
  const view = document.createElement("div");
  list.setAttribute("aria-label", label);
  view.className = "rows";
  view.append(list);
  let items = [];
  let drawn = "";

  const draw = (again = false) => {
    const first = Math.max(0, Math.floor(view.scrollTop / HEIGHT) - BEYOND);
    const last = Math.min(items.length, first + Math.ceil((view.clientHeight || 900) / HEIGHT) + 2 * BEYOND);
    if (!again && drawn === `${first} ${last}`) return;
    drawn = `${first} ${last}`;
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.key : undefined;
    list.style.setProperty("padding-block", `${first * HEIGHT}px ${(items.length - last) * HEIGHT}px`);
    list.replaceChildren(
      ...items.slice(first, last).map((item, index) => {
        const made = row(item);
        made.setAttribute("aria-setsize", items.length);
        made.setAttribute("aria-posinset", first + index + 1);
        return made;
      }),
    );
    if (focused !== undefined) list.querySelector(`[data-key="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
  };
  view.addEventListener("scroll", () => requestAnimationFrame(() => draw()), { passive: true });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const at = event.target.closest("li");
    if (!step || !at) return;
    event.preventDefault();
    const next = step > 0 ? at.nextElementSibling : at.previousElementSibling;
    next?.querySelector("a")?.focus();
  });
  new ResizeObserver(() => draw()).observe(view);
  return {
    element: view,
    set(next) {
      // New ones come at the top: whoever reads further down keeps what they read.
      const more = next.length - items.length;
      items = next;
      draw(true);
      if (view.scrollTop > HEIGHT && more > 0) view.scrollTop += more * HEIGHT;
    },
    draw: () => draw(true),
  };
}
