// node asyncapi.mjs FILE: read an AsyncAPI document with the official parser, and print as JSON how
// many channels it has and each error or warning.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const WARNING = 1;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const wrong = diagnostics
  .filter((found) => found.severity <= WARNING)
  .map((found) => `${found.path.join(".")}: ${found.message}`);
console.log(JSON.stringify({ channels: document?.channels().all().length ?? 0, wrong }));
