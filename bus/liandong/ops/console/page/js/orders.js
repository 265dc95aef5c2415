// The order board: how far each order is, and how long its next answer has.

import { element } from "./text.js";
import { clock, code, instantInFull, number, span, t } from "./words.js";

const LANES = [
  ["issued", ["issued"]],
  ["received", ["received", "seen"]],
  ["answered", ["accepted", "refused"]],
  ["in_progress", ["in_progress"]],
  ["ended", ["done", "failed", "replaced", "cancelled", "expired"]],
];
const WARN_MS = 60_000;

const board = document.getElementById("lanes");
const count = document.getElementById("orders-count");
let countdowns = [];

/** Show orders in their lanes; onOpen(key) when the log about one is to be looked at. */
export function showOrders(cards, total, now, onOpen) {
  countdowns = [];
  const hidden = total - cards.length;
  count.textContent = hidden > 0 ? t("more", { count: number(hidden) }) : "";
  board.replaceChildren(...LANES.map(([name, states]) => {
    const here = cards.filter((order) => states.includes(order.state));
    const cardsHere = here.map((order) => card(order, onOpen));
    const heading = element("h3", "", t(`lane.${name}`), element("span", "count", here.length));
    const lane = element("div", "lane", heading, element("ul", "", ...cardsHere));
    lane.dataset.lane = name;
    return lane;
  }));
  tick(now);
}

/** Bring the countdowns up to a moment. */
export function tick(now) {
  for (const { node, box, due, at } of countdowns) {
    const left = at - now;
    node.textContent = t(left < 0 ? `late.${due}` : `due.${due}`, { time: span(left) });
    box.classList.toggle("overdue", left < 0);
    box.classList.toggle("soon", left >= 0 && left < WARN_MS);
  }
}

function card(order, onOpen) {
  const to = order.whom ? `${order.to} · ${order.whom}` : order.to;
  const issued = element("time", "", clock(order.issued));
  issued.title = instantInFull(order.issued);
  const state = element("span", "state", code("order", order.state));
  const box = element(
    "button", "card",
    element("span", "what", order.text || code("action", order.action)), state,
    element("span", "to", to), issued,
    element("span", "id", order.incident ? `${order.id} · ${order.incident}` : order.id),
  );
  box.type = "button";
  box.dataset.state = order.state;
  box.addEventListener("click", () => onOpen(order.incident ?? order.id));
  if (order.due.length) {
    const node = element("span", "due");
    node.title = instantInFull(order.due[0].at);
    box.append(node);
    countdowns.push({ node, box, due: order.due[0].what, at: Date.parse(order.due[0].at) });
  }
  return element("li", "", box);
}
