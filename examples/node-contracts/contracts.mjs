// The contracts, as `liandong contracts export contracts` writes them into a folder.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const folder = process.env.LIANDONG_CONTRACTS ?? "contracts";
if (!existsSync(folder)) throw new Error(`no folder ${folder}: liandong contracts export ${folder}`);
const read = (...path) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));
const catalogue = new Map(read("catalogue.json").map((entry) => [entry.name, entry]));

/** Return a function that says all that is wrong with a message; nothing, where it is valid. */
function checker(view) {
  const ajv = addFormats(new Ajv({ allErrors: true }));
  const envelope = ajv.compile(read(view, "envelope.json"));
  const ofType = new Map();
  const dataOf = (type) =>
    ofType.get(type) ?? ofType.set(type, ajv.compile(read(view, `${type}.json`))).get(type);
  const faults = (check, value, root) =>
    check(value) ? [] : check.errors.map((e) => `${root}${e.instancePath} ${e.message}`);
  return (event) => {
    const wrong = faults(envelope, event, "");
    if (wrong.length) return wrong;
    if (!catalogue.has(event.type)) return [`/type no contract is called ${event.type}`];
    const wrongData = faults(dataOf(event.type), event.data, "/data");
    return wrongData.length || [undefined, key(event)].includes(event.subject)
      ? wrongData
      : [`/subject must be the event's key, ${key(event)}`];
  };
}

/** Return what an event is kept in order by: the first key field of its contract that it has. */
function key(event) {
  return catalogue.get(event.type).key.map((field) => event.data[field]).find(Boolean);
}

/** What a publisher may write: no unknown field, no code that is not in its list. */
export const publishable = checker("draft-07");

/** What a reader must be ready for: a later publisher may know more fields and codes. */
export const readable = checker("reader");

/** Return where a message travels: its NATS subject and the stream that keeps it. */
export function address(event) {
  const entry = catalogue.get(event.type);
  const [region, kind, agency] = event.source.replace("liandong://", "").split("/");
  const parts = { mode: event.mode, region, kind, agency, key: key(event), area: event.area };
  const subject = entry.address.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  return { subject, stream: entry.streams[event.mode] };
}
