// The list of incidents: open ones first, the gravest at the top.

import { element } from "./text.js";
import { clock, code, instantInFull, number, t } from "./words.js";

const list = document.getElementById("incident-list");
const count = document.getElementById("incidents-count");

/** Return an incident's grade as a badge that is read as well as seen. */
export function gradeBadge(grade) {
  const badge = element("span", "grade", grade ? t("incidents.grade", { grade }) : "–");
  badge.dataset.grade = grade ?? "";
  return badge;
}

/** Show incidents; onOpen(id) when one is to be looked at, `chosen` the one that is. */
export function showIncidents(board, chosen, onOpen) {
  count.textContent = t("incidents.count", {
    open: number(board.open), cleared: number(board.cleared),
  });
  const hidden = board.open + board.cleared - board.incidents.length;
  const items = board.incidents.map((incident) => item(incident, chosen, onOpen));
  if (hidden > 0) items.push(element("li", "nothing", t("more", { count: number(hidden) })));
  if (!items.length) items.push(element("li", "nothing", t("incidents.none")));
  list.replaceChildren(...items);
}

function item(incident, chosen, onOpen) {
  const title = element("span", "what", incident.summary || incident.id);
  const where = [incident.id, incident.place, incident.area].filter(Boolean).join(" · ");
  const time = element("time", "", clock(incident.latest));
  time.title = instantInFull(incident.latest);
  const state = element("span", "state", code("status", incident.status));
  const button = element(
    "button", "", gradeBadge(incident.grade), title,
    state, element("span", "where", where), time,
  );
  button.type = "button";
  if (incident.id === chosen) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => onOpen(incident.id));
  return element("li", incident.open ? "open" : "cleared", button);
}
