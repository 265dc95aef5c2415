// Text from events, made harmless. It only ever becomes text nodes, never markup.

// Controls, marks that reorder what is read, and characters that show nothing at all.
const HIDDEN = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e" +
    "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]", "g");

const named = (char) =>
  `⟨U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

/** Return text with every character that would not be seen named. */
export const visible = (text) => String(text ?? "").replace(HIDDEN, named);

/** Make an element: what it is called, its class, and its children or its text. */
export function element(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const child of children) {
    made.append(child instanceof Node ? child : visible(child));
  }
  return made;
}

const JSON_PART = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Return a document as indented JSON, its keys, strings and numbers told apart. */
export function pretty(document_) {
  const source = JSON.stringify(document_, null, 2);
  const shown = element("pre", "json");
  let at = 0;
  for (const part of source.matchAll(JSON_PART)) {
    const [whole, string, colon] = part;
    const kind = string ? (colon ? "name" : "string") : "value";
    shown.append(source.slice(at, part.index), element("span", kind, string ?? whole), colon ?? "");
    at = part.index + whole.length;
  }
  shown.append(source.slice(at));
  return shown;
}
