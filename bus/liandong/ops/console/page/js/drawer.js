// The drawer: one incident's timeline, or one event as it was published.

import { gradeBadge } from "./incidents.js";
import { idOf } from "./stream.js";
import { element, pretty, visible } from "./text.js";
import { clock, code, instantInFull, number, said, t } from "./words.js";

const drawer = document.getElementById("drawer");
const title = document.getElementById("drawer-title");
const body = document.getElementById("drawer-body");
let asked = null; // what is being fetched: a later question makes it void
let timeline = null; // the one that is open: { id, rows by place, list, about, onOpen }

/** Close it. */
export function close() {
  forget();
  drawer.hidden = true;
}

/** Show everything that was said about an incident. */
export async function openTimeline(id, incident, onOpen) {
  const [about, list] = [element("div"), element("ol", "timeline")];
  show(id, about, list);
  timeline = { id, list, about, onOpen, rows: new Map() };
  describe(incident);
  const found = await ask(`api/incidents/${encodeURIComponent(id)}`);
  if (!found) return;
  if (found.left_out) list.before(note(t("more", { count: number(found.left_out) })));
  addToTimeline(found.rows);
}

/** Say anew what is known of the incident whose timeline is open. */
export function describe(incident) {
  if (!timeline) return;
  if (incident) title.textContent = visible(incident.summary || incident.id);
  timeline.about.replaceChildren(...about(timeline.id, incident));
}

/** Add rows to the timeline that is open; where none is, or of another incident, nothing. */
export function addToTimeline(rows) {
  if (!timeline) return;
  for (const row of rows) {
    if (row.key === timeline.id) timeline.rows.set(idOf(row), row);
  }
  drawTimeline();
}

/** Show an event. */
export async function openEvent(place, row) {
  const name = place.type ? code("contract", place.type.replace(/\.v\d+$/, "")) : t("stream.unreadable");
  show(name, facts([
    [t("column.contract"), place.type], [t("column.key"), place.key], [t("drawer.stored"), place.id],
    ...(row ? [[t("column.agency"), row.source], [t("column.time"), instantInFull(row.time)]] : []),
  ]));
  if (row?.error) {
    body.append(element("p", "fault", row.error), element("pre", "json", row.body));
    return;
  }
  const query = new URLSearchParams({ type: place.type, key: place.key });
  const found = await ask(`api/events/${place.id}?${query}`);
  if (found) body.append(pretty(found));
}

async function ask(path) {
  const question = new AbortController();
  asked = question;
  try {
    const answer = await fetch(path, { signal: question.signal });
    const said = await answer.json();
    if (asked !== question) return null;
    if (answer.ok) return said;
    body.append(element("p", "fault", said.problem));
  } catch {
    if (asked === question) body.append(element("p", "fault", t("drawer.unanswered")));
  }
  return null;
}

function forget() {
  asked?.abort();
  asked = timeline = null;
}

function show(name, ...children) {
  forget();
  drawer.hidden = false;
  title.textContent = visible(name);
  body.replaceChildren(...children);
  body.scrollTop = 0;
}

function about(id, incident) {
  if (!incident) return [facts([[t("column.key"), id]])];
  return [
    element("p", "badges", gradeBadge(incident.grade),
      element("span", "state", code("status", incident.status))),
    facts([
      [t("column.key"), id], [t("drawer.place"), incident.place], [t("column.area"), incident.area],
      [t("drawer.first"), instantInFull(incident.first)], [t("column.agency"), incident.source],
    ]),
  ];
}

function facts(pairs) {
  const terms = pairs.filter(([, value]) => value);
  return element("dl", "facts", ...terms.flatMap(
    ([name, value]) => [element("dt", "", name), element("dd", "", value)]));
}

const note = (words) => element("p", "nothing", words);

function drawTimeline() {
  const rows = [...timeline.rows.values()].sort((one, other) => (
    one.time < other.time ? -1 : Number(one.time > other.time)));
  timeline.list.replaceChildren(...rows.map((row) => entry(row, timeline.onOpen)));
}

function entry(row, onOpen) {
  const time = element("time", "", clock(row.time));
  time.title = instantInFull(row.time);
  const button = element(
    "button", "", time,
    element("b", "", row.error ? t("stream.unreadable") : code("contract", row.type.replace(/\.v\d+$/, ""))),
    element("span", "to", row.source), element("span", "what", said(row)),
  );
  button.type = "button";
  button.addEventListener("click", () => onOpen(row));
  const item = element("li", "", button);
  item.dataset.precedence = row.error ? "unreadable" : row.precedence;
  item.dataset.kind = row.type.split(".")[0];
  return item;
}
