// node types.mjs SCHEMAS OUT: generate types in four languages from every schema of a contract.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktype } from "quicktype-core";

const [schemas, out] = process.argv.slice(2);
const suffixes = { go: "go", java: "java", csharp: "cs" };

async function types(lang, name, schema) {
  const source = new JSONSchemaInput(new FetchingJSONSchemaStore());
  await source.addSource({ name, schema });
  const inputData = new InputData();
  inputData.addInput(source);
  return (await quicktype({ inputData, lang })).lines.join("\n");
}

for (const lang of ["ts", ...Object.keys(suffixes)]) mkdirSync(join(out, lang), { recursive: true });
for (const file of readdirSync(schemas).filter((name) => name !== "envelope.json")) {
  const text = readFileSync(join(schemas, file), "utf8");
  const name = file.replace(/\.json$/, "").replace(/(^|[._])(\w)/g, (_, __, c) => c.toUpperCase());
  writeFileSync(join(out, "ts", `${name}.ts`), await compile(JSON.parse(text), name));
  for (const [lang, suffix] of Object.entries(suffixes)) {
    writeFileSync(join(out, lang, `${name}.${suffix}`), await types(lang, name, text));
  }
}
