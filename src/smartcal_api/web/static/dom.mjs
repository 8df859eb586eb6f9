// Elements out of values. What comes from a request is only ever text: nothing here takes markup.

/** An element; attributes whose names begin with `on` are listeners, those without a value are left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  return add(made, ...children);
}

/** Adds them to a place; what is not there is left out. */
export function add(place, ...children) {
  place.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return place;
}

/** Has a place hold them, and nothing else. */
export function fill(place, ...children) {
  place.replaceChildren();
  return add(place, ...children);
}

/** Terms and what is said of each; those without anything are left out. */
export function facts(pairs) {
  const said = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", {}, said.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

/** A value as it is read: JSON with its indents, anything else as text. */
export function shown(value) {
  return el("pre", { tabindex: "0" }, typeof value === "string" ? pretty(value) : JSON.stringify(value, null, 2));
}

export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A button that does something and says so; while it does, it can't be pressed again. */
export function button(label, act, attributes = {}) {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    await told(act);
    made.disabled = false;
  });
  return made;
}

/** A form that is answered here; `act` gets its fields. */
export function form(fields, label, act, attributes = {}) {
  const made = el("form", attributes, fields, el("button", {}, label));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    await told(() => act(Object.fromEntries(new FormData(made)), made));
  });
  return made;
}

export function field(label, name, attributes = {}) {
  return el("label", {}, el("span", {}, label), el("input", { name, autocomplete: "off", ...attributes }));
}

export function choice(label, name, options, selected = "", attributes = {}) {
  const made = el("select", { name, ...attributes });
  for (const each of options) {
    const [value, text] = Array.isArray(each) ? each : [each, each];
    made.append(el("option", { value, selected: value === selected }, text));
  }
  return el("label", {}, el("span", {}, label), made);
}

/** Runs it; what it returns is said to whoever listens or looks, and so is what was wrong. */
async function told(act) {
  try {
    const said = await act();
    if (typeof said === "string") say(said);
  } catch (error) {
    say(error.message, true);
  }
}

export function say(text, wrong = false) {
  const place = document.querySelector("#said");
  place.className = wrong ? "bad" : "good";
  place.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (place.textContent = ""), wrong ? 12_000 : 5_000);
}

/** Something of which there is none, and what to do to have some. */
export function nothing(text, ...more) {
  return el("p", { class: "nothing" }, text, ...more);
}
