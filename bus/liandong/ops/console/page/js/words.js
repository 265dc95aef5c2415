// Words in two languages; changing the language changes the page in place.

const LANGUAGES = ["en", "zh"];
const catalogues = {};
let language = "en";

const fetched = async (path) => (await fetch(path)).json();

/** Load both catalogues, so that a change of language needs no network. */
export async function load() {
  const names = fetched("api/names");
  await Promise.all(LANGUAGES.map(async (name) => {
    catalogues[name] = { ...(await names)[name], ...await fetched(`locales/${name}.json`) };
  }));
}

/** The language that the browser asks for. */
export const preferred = () =>
  navigator.languages.some((tag) => tag.toLowerCase().startsWith("zh")) ? "zh" : "en";

export const current = () => language;
export const other = () => (language === "zh" ? "en" : "zh");
export const is = (name) => LANGUAGES.includes(name);

/** Return the words of a key, with {names} filled in; a key without words stands for itself. */
export function t(key, values = {}) {
  const words = catalogues[language][key];
  return words === undefined
    ? key
    : words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Return the words of a code of the contracts, or the code itself where it has none. */
export function code(group, value) {
  return catalogues[language][`${group}.${value}`] ?? value;
}

/** Return what an event says, or why it cannot be read. */
export const said = (row) => row.error ?? row.words[language];

/** Change the language of everything in the page that is marked with a key. */
export function speak(name) {
  language = name;
  document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
  for (const marked of document.querySelectorAll("[data-t]")) {
    marked.textContent = t(marked.dataset.t);
  }
  for (const attribute of ["placeholder", "title"]) {
    for (const marked of document.querySelectorAll(`[data-t-${attribute}]`)) {
      marked.setAttribute(attribute, t(marked.getAttribute(`data-t-${attribute}`)));
    }
  }
  for (const marked of document.querySelectorAll("[data-t-label]")) {
    marked.setAttribute("aria-label", t(marked.dataset.tLabel));
  }
}

const two = (n) => String(n).padStart(2, "0");

/** Return a moment as a wall clock shows it here, with the day where that is not today. */
export function clock(instant) {
  const at = new Date(instant);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date().toDateString()
    ? `${time}:${two(at.getSeconds())}`
    : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** Return a moment in full, here and in UTC. */
export function instantInFull(instant) {
  const at = new Date(instant);
  return `${at.toLocaleString(language)}  ·  ${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Return a span of milliseconds as 00:42, 1:02:03 or 2 d 03:04. */
export function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return t("span.days", { days, time: `${two(hours)}:${two(minutes)}` });
  const short = `${two(minutes)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${short}` : short;
}

/** Return a number as people write it. */
export const number = (n, digits = 0) =>
  n.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
