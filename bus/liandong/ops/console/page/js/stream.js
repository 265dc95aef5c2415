// The live table: a ring of rows, of which only those in sight are in the page.

import { element, visible } from "./text.js";
import { clock, code, instantInFull, number, said, t } from "./words.js";

const ROW_PX = 26; // as in console.css; the heading, which stays in sight, is a row too
const KEPT = 20000;
const SLACK = 2000; // forgetting moves everything: do it seldom
const COLUMNS = 7;

export const idOf = (row) => `${row.stream}/${row.sequence}`;

export class Stream {
  #box = document.getElementById("rows");
  #span = document.getElementById("span");
  #nothing = document.getElementById("nothing");
  #pause = document.getElementById("pause");
  #rows = [];
  #held = null; // what is shown while the table stands still
  #since = 0; // rows that came since it stands still
  #nodes = [];
  #selected = "";
  #due = false;
  #onOpen;
  #onPause;

  /** Show rows; onOpen(row) when one is to be looked at, onPause(paused) when asked to stand still. */
  constructor(onOpen, onPause) {
    this.#onOpen = onOpen;
    this.#onPause = onPause;
    this.paused = false;
    this.#box.addEventListener("scroll", () => this.#hold());
    this.#box.addEventListener("pointerdown", (event) => this.#press(event));
    this.#pause.addEventListener("click", () => {
      const paused = !this.#held;
      this.pause(paused);
      onPause(paused);
    });
    new ResizeObserver(() => this.paint()).observe(this.#box);
  }

  /** Add rows, oldest first. */
  add(rows) {
    this.#rows.push(...rows);
    if (this.#rows.length > KEPT + SLACK) this.#rows.splice(0, this.#rows.length - KEPT);
    if (this.#held) this.#since += rows.length;
    this.paint();
  }

  /** Begin anew with other rows; `keep` leaves what is shown where the table stands still. */
  replace(rows, keep) {
    this.#rows = rows;
    if (!keep) this.#held = this.#frozen ? rows.slice() : null;
    this.#since = 0;
    this.paint();
  }

  /** Stand still, or go on from the top. */
  pause(paused) {
    this.paused = paused;
    if (!paused) this.#box.scrollTop = 0;
    this.#hold();
  }

  /** Mark the row so many further down; the table stands still for it. */
  move(by) {
    if (!this.paused) this.#onPause(true);
    const rows = this.#shown;
    if (!rows.length) return;
    const now = rows.findIndex((row) => idOf(row) === this.#selected);
    const from = now < 0 ? -1 : rows.length - 1 - now;
    const to = Math.min(Math.max(from + by, 0), rows.length - 1);
    this.#selected = idOf(rows[rows.length - 1 - to]);
    const top = to * ROW_PX;
    const room = this.#box.clientHeight - 2 * ROW_PX;
    if (top < this.#box.scrollTop) this.#box.scrollTop = top;
    if (top > this.#box.scrollTop + room) this.#box.scrollTop = top - room;
    this.paint();
  }

  /** The marked row, if there is one. */
  get selected() {
    return this.#shown.find((row) => idOf(row) === this.#selected);
  }

  /** Have the table drawn with the next picture, however often it is asked for. */
  paint() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  get #frozen() {
    return this.paused || this.#box.scrollTop > 0;
  }

  get #shown() {
    return this.#held ?? this.#rows;
  }

  #hold() {
    if (this.#frozen && !this.#held) {
      this.#held = this.#rows.slice();
      this.#since = 0;
    } else if (!this.#frozen) {
      this.#held = null;
    }
    this.paint();
  }

  #press(event) {
    const node = event.target.closest(".row");
    if (!node?.shows || event.button !== 0) return;
    this.#selected = idOf(node.shows);
    this.#onOpen(node.shows);
    this.paint();
  }

  #draw() {
    const rows = this.#shown;
    this.#span.style.height = `${rows.length * ROW_PX}px`;
    const first = Math.floor(this.#box.scrollTop / ROW_PX);
    const fit = Math.ceil(this.#box.clientHeight / ROW_PX) + 1;
    const count = Math.max(0, Math.min(fit, rows.length - first));
    while (this.#nodes.length < count) this.#nodes.push(this.#node());
    this.#nodes.forEach((node, n) => {
      node.hidden = n >= count;
      if (n < count) this.#fill(node, rows[rows.length - 1 - first - n], first + n);
    });
    this.#nothing.hidden = rows.length > 0;
    this.#label();
  }

  #node() {
    const cells = Array.from({ length: COLUMNS }, () => element("span"));
    const node = element("div", "row", ...cells);
    node.setAttribute("role", "option");
    node.id = `row-${this.#nodes.length}`;
    this.#span.append(node);
    return node;
  }

  #fill(node, row, place) {
    node.style.transform = `translateY(${place * ROW_PX}px)`;
    const marked = idOf(row) === this.#selected;
    node.setAttribute("aria-selected", String(marked));
    if (marked) this.#box.setAttribute("aria-activedescendant", node.id);
    const says = `${document.documentElement.lang} ${idOf(row)}`;
    if (node.says === says) return;
    node.says = says;
    node.shows = row;
    node.dataset.precedence = row.error ? "unreadable" : row.precedence;
    node.title = visible(`${instantInFull(row.time)}\n${row.source}  ${row.type}\n${said(row)}`);
    const texts = [
      clock(row.time),
      row.error ? t("stream.unreadable") : code("precedence", row.precedence),
      code("contract", row.type.replace(/\.v\d+$/, "")),
      row.source, row.key, row.area, said(row),
    ];
    texts.forEach((text, n) => { node.children[n].textContent = visible(text); });
  }

  #label() {
    const more = this.#held && this.#since
      ? t("stream.new", { count: number(this.#since) }) : t("stream.resume");
    this.#pause.textContent = this.#held ? more : t("stream.pause");
    this.#pause.setAttribute("aria-pressed", String(Boolean(this.#held)));
  }
}
