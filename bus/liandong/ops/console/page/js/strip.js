// The status strip, the banner of a drill, alarms, and the word that what is shown is not true.

import { element } from "./text.js";
import { clock, code, current, instantInFull, number, span, t } from "./words.js";

const at = (id) => document.querySelector(`#${id} dd`);
const alarm = document.getElementById("alarm");
const drill = document.getElementById("drill");

/** Show how the bus is. */
export function showStatus(status) {
  const ill = status.adapters.filter((adapter) => adapter.state !== "ok");
  say("bus", t(status.connected ? "bus.connected" : "bus.lost"), !status.connected);
  say("rate", number(status.rate, status.rate < 10 ? 1 : 0), false);
  say("dead", status.dead === null ? "?" : number(status.dead), status.dead > 0);
  say("overdue", number(status.overdue), status.overdue > 0);
  showAdapters(status.adapters, ill);
  showAlarms(status.alarms, status.all_alarms);
  showDrill(status.mode);
}

/** Greet an operator with the truth: what is wrong with the picture, or nothing. */
export function showAlarm(state, status, now) {
  const last = status?.last ? t("alarm.last", {
    time: clock(status.last), age: span(now - Date.parse(status.last)),
  }) : "";
  const words = {
    true: "", opening: "",
    lost: `${t("alarm.lost")} ${last}`,
    bus: `${t("alarm.bus")} ${last} ${status?.problem ?? ""}`,
    reading: t("alarm.reading"),
  }[state];
  document.body.dataset.link = state;
  if (state === "lost") say("bus", "?", true);
  alarm.hidden = !words;
  if (alarm.textContent !== words) alarm.textContent = words;
}

function say(id, words, bad) {
  const node = at(id);
  node.textContent = words;
  node.parentElement.classList.toggle("bad", bad);
}

function showAdapters(adapters, ill) {
  const box = document.getElementById("adapters");
  const words = ill.length
    ? t("adapters.ill", { ok: adapters.length - ill.length, ill: ill.length })
    : t("adapters.ok", { ok: adapters.length });
  box.querySelector("summary").textContent = words;
  box.classList.toggle("bad", ill.length > 0);
  box.querySelector("ul").replaceChildren(...adapters.map(adapterItem));
}

function adapterItem(adapter) {
  const item = element(
    "li", "", element("b", "", adapter.adapter),
    element("span", "state", code("adapter", adapter.state)),
    element("span", "to", `${adapter.agency} · ${adapter.kind}`),
    element("span", "fault", adapter.problem),
  );
  item.dataset.state = adapter.state;
  item.title = instantInFull(adapter.at);
  return item;
}

/** Show what is wrong with the bus or what runs on it, and what to do about it. */
function showAlarms(alarms, count) {
  const box = document.getElementById("alarms");
  const now = JSON.stringify([alarms, count, current()]);
  if (box.shown === now) return; // or it would be read aloud again every second
  box.shown = now;
  box.hidden = !count;
  box.querySelector("summary").textContent = t("alarms.count", { count: number(count) });
  box.querySelector("ul").replaceChildren(...alarms.map(alarmItem));
}

function alarmItem(alarm) {
  const item = element(
    "li", "", element("b", "", alarm.title[current()]),
    element("span", "", alarm.about),
    element("span", "fault", alarm.problem),
    element("span", "to", `${clock(alarm.since)} · ${alarm.said_by}`),
    element("span", "mend", alarm.mend[current()]),
  );
  item.dataset.alarm = alarm.name;
  item.title = instantInFull(alarm.since);
  return item;
}

function showDrill(mode) {
  const real = mode === "live";
  document.body.dataset.mode = mode;
  drill.hidden = real;
  // In both languages whatever is chosen: whoever glances at it must not take a drill for real.
  drill.textContent = real ? "" : { exercise: "EXERCISE — NOT REAL　演练，非实战", test: "TEST — NOT REAL　测试，非实战" }[mode];
  document.title = real ? "Liandong 联动" : `[${mode.toUpperCase()}] Liandong 联动`;
}
