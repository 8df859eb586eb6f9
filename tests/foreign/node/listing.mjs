// Lists: filtered, ordered, a page of them.
import { Refusal } from "./problem.mjs";

const HOUR = 3_600_000;
const MOST = 100;
const USUAL = 25;
const FILTERS = { events: ["status", "source", "start_after", "start_before"], bookings: ["status", "upcoming"] };

function instant(text, name) {
  const at = /^\d{4}-\d\d-\d\d(T.*)?$/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new Refusal(422, "bad_time", `${name} is not a date and time of RFC 3339.`);
  return at;
}

const start = (row) => Date.parse(row.start_time);

function tests(query, bugs) {
  const now = Date.now() + (bugs.has("upcoming-by-local-time") ? 8 * HOUR : 0);
  const made = {
    status: (value) => (row) => row.status === value,
    source: (value) => (row) => row.source === value,
    start_after: (value) => ((at) => (row) => start(row) > at)(instant(value, "start_after")),
    start_before: (value) => ((at) => (row) => start(row) <= at)(instant(value, "start_before")),
    upcoming: (value) => (row) => value !== "true" || (start(row) > now && row.status !== "cancelled"),
  };
  return (name) => (query.get(name) ? made[name](query.get(name)) : () => true);
}

const number = (text, usual, most) => (/^[1-9]\d*$/.test(text ?? "") ? Math.min(Number(text), most) : usual);

export function list(site, account, name, query) {
  const { bugs } = site;
  let names = FILTERS[name] ?? [];
  if (bugs.has("start-before-alone-counts") && query.get("start_before")) names = names.filter((n) => n !== "start_after");
  const late = bugs.has("status-after-paging") && name === "bookings" ? ["status"] : [];
  const test = tests(query, bugs);
  const fits = (some) => (row) => some.every((each) => test(each)(row));
  let rows = [...account[name].values()].filter(fits(names.filter((each) => !late.includes(each))));
  rows.sort((a, b) => (start(a) || 0) - (start(b) || 0) || (a.id < b.id ? -1 : 1));
  const at = number(query.get("page"), 1, Number.MAX_SAFE_INTEGER);
  let per = number(query.get("per_page"), USUAL, MOST);
  if (bugs.has("per-page-counts-on-the-first-page") && at > 1) per = USUAL;
  const step = bugs.has("row-lost-between-pages") ? per + 1 : per;
  const shown = rows.slice((at - 1) * step, (at - 1) * step + per).filter(fits(late));
  const data = shown.map(({ secret, ...rest }) => rest);
  if (site.envelope === "items") return { items: data, meta: { number: at, size: per, count: rows.length } };
  return { data, pagination: { page: at, per_page: per, total: rows.length } };
}
