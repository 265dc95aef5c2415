// node validate.mjs EXPORT: compile every schema strictly, hold every example to its own, and
// print as JSON how many there were and what was wrong.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const [folder] = process.argv.slice(2);
const read = (...path) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));
const wrong = [];
let schemas = 0;
for (const view of ["draft-07", "reader"]) {
  const ajv = addFormats(new Ajv({ allErrors: true })); // strict mode is its default
  const envelope = ajv.compile(read(view, "envelope.json"));
  for (const file of readdirSync(join(folder, "examples"))) {
    const message = read("examples", file);
    const data = ajv.compile(read(view, `${message.type}.json`));
    schemas += 1;
    for (const [check, part] of [[envelope, message], [data, message.data]]) {
      if (!check(part)) wrong.push(`${view} ${file}: ${ajv.errorsText(check.errors)}`);
    }
    if (data({ ...message.data, extra: 1 }) !== (view === "reader")) {
      wrong.push(`${view} ${file}: an unknown field is taken for what it is not`);
    }
  }
}
console.log(JSON.stringify({ schemas, wrong }));
