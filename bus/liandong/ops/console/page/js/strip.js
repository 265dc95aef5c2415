// The status strip, the banner of a drill, and the alarm when what is shown is no longer true.

import { element } from "./text.js";
import { clock, code, instantInFull, number, span, t } from "./words.js";

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

function showDrill(mode) {
  const real = mode === "live";
  document.body.dataset.mode = mode;
  drill.hidden = real;
  // In both languages whatever is chosen: whoever glances at it must not take a drill for real.
  drill.textContent = real ? "" : { exercise: "EXERCISE — NOT REAL　演练，非实战", test: "TEST — NOT REAL　测试，非实战" }[mode];
  document.title = real ? "Liandong 联动" : `[${mode.toUpperCase()}] Liandong 联动`;
}
