// The console's page: what comes over the link goes to its parts, and the address holds the state.

import * as drawer from "./drawer.js";
import { showIncidents } from "./incidents.js";
import { Link } from "./link.js";
import { showOrders, tick } from "./orders.js";
import * as place from "./place.js";
import { idOf, Stream } from "./stream.js";
import { showAlarm, showStatus } from "./strip.js";
import * as words from "./words.js";

const at = (id) => document.getElementById(id);
const filter = at("filter");

await words.load();

let here = place.read();
let status = null;
let ahead = 0; // how far the server's clock is ahead of ours, ms
let board = { incidents: [], open: 0, cleared: 0, orders: [], all_orders: 0 };
let leftOut = 0;
let filled = null; // the filter of the rows that are shown
let opened = null; // the row of the event that is open, if this tab has it

const now = () => Date.now() + ahead;
const stream = new Stream(openRow, pause);
const link = new Link(take, alarm);

function take(frame) {
  if (frame.reset) begin(frame.rows ?? []);
  else if (frame.rows) stream.add(frame.rows);
  if (frame.watched) drawer.addToTimeline(frame.watched);
  if (frame.dropped) leftOut += frame.dropped;
  if (frame.dropped || frame.reset) showLeftOut();
  if (frame.status) takeStatus(frame.status);
  if (frame.board) {
    board = frame.board;
    showBoard();
    drawer.describe(incident(here.incident));
  }
}

/** Show other rows than before: for another filter, or on a line that was broken. */
function begin(rows) {
  stream.replace(rows, filled === here.filter);
  filled = here.filter;
  leftOut = 0;
}

function takeStatus(said) {
  status = said;
  ahead = Date.parse(said.now) - Date.now();
  showStatus(status);
  alarm();
}

function alarm() {
  let state = "true";
  if (!link.up) state = status || performance.now() > 3000 ? "lost" : "opening";
  else if (status && !status.connected) state = "bus";
  else if (status?.reading) state = "reading";
  showAlarm(state, status, now());
}

const incident = (id) => board.incidents.find((known) => known.id === id);

function showBoard() {
  showIncidents(board, here.incident, openIncident);
  showOrders(board.orders, board.all_orders, now(), openIncident);
}

function showLeftOut() {
  at("left-out").hidden = !leftOut;
  at("left-out").textContent = words.t("stream.left_out", { count: words.number(leftOut) });
}

function showClock() {
  at("clock").textContent = words.clock(now());
  at("clock").title = words.instantInFull(now());
}

function openRow(row) {
  opened = row;
  place.go({ event: idOf(row), type: row.type, key: row.key }, { step: true });
}

function pause(paused) {
  place.go({ paused: paused ? "1" : "" });
}

function openIncident(id) {
  place.go({ incident: id, event: "", type: "", key: "" }, { step: true });
}

function closeDrawer() {
  place.go({ incident: "", event: "", type: "", key: "" }, { step: true });
}

function showDrawer() {
  at("back").hidden = !(here.event && here.incident);
  at("narrow").hidden = Boolean(here.event) || !here.incident;
  if (here.event) {
    const row = opened && idOf(opened) === here.event ? opened : null;
    drawer.openEvent({ id: here.event, type: here.type, key: here.key }, row);
  } else if (here.incident) {
    drawer.openTimeline(here.incident, incident(here.incident), openRow);
  } else {
    drawer.close();
  }
}

function speak() {
  words.speak(words.is(here.lang) ? here.lang : words.preferred());
  at("language").textContent = words.t("language.other");
  at("language").lang = words.other();
  at("nothing").textContent = words.t(
    here.filter === place.AT_FIRST.filter ? "stream.nothing" : "stream.none_fits");
  if (status) showStatus(status);
  showBoard();
  showLeftOut();
  alarm();
  showClock();
  stream.paint();
}

/** Bring the page to where the address says; `changed` names what differs from before. */
function arrive(changed) {
  const any = (...names) => names.some((name) => changed.includes(name));
  if (any("lang", "filter")) speak();
  if (any("filter") && filter.value !== here.filter) filter.value = here.filter;
  if (any("filter", "incident")) link.want({ filter: here.filter, watch: here.incident });
  if (any("paused") && stream.paused !== Boolean(here.paused)) stream.pause(Boolean(here.paused));
  if (any("incident", "event", "lang")) showDrawer();
  if (any("incident")) showBoard();
}

function typed() {
  place.go({ filter: filter.value.trim() });
}

const KEYS = {
  "/": () => filter.select(),
  " ": () => at("pause").click(),
  j: () => stream.move(1),
  k: () => stream.move(-1),
  ArrowDown: () => stream.move(1),
  ArrowUp: () => stream.move(-1),
  Enter: () => stream.selected && openRow(stream.selected),
  Escape: () => closeDrawer(),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === filter) {
    if (event.key === "Escape" || event.key === "Enter") at("rows").focus();
    return;
  }
  const own = event.target.closest("button, summary, a");
  const act = KEYS[event.key];
  if (!act || (own && (event.key === " " || event.key === "Enter"))) return;
  const scrolls = event.key.startsWith("Arrow") && event.target.closest("#drawer-body, #incidents, #orders");
  if (scrolls) return;
  event.preventDefault();
  act();
}

let typing = 0;
filter.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(typed, 200);
});
at("language").addEventListener("click", () => place.go({ lang: words.other() }));
at("close").addEventListener("click", closeDrawer);
at("back").addEventListener("click", () => openIncident(here.incident));
at("narrow").addEventListener("click", () => place.go({ filter: `incident:${here.incident}` }));
document.addEventListener("keydown", pressed);
addEventListener("hashchange", () => {
  const before = here;
  here = place.read();
  arrive(Object.keys(here).filter((name) => here[name] !== before[name]));
});
setInterval(() => {
  showClock();
  tick(now());
  if (!link.up) alarm();
}, 1000);

arrive(Object.keys(here));
