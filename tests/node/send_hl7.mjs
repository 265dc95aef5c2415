// Send HL7 files over MLLP with node-hl7-client, one after the other, each after the last one's
// answer. Prints one line of JSON a file: the answer's MSA-1, MSA-2 and ERR-3.
//
//   node send_hl7.mjs PORT FILE…

import { readFileSync } from "node:fs";
import { Client, Message } from "node-hl7-client";

const [port, ...files] = process.argv.slice(2);
let answered;

const client = new Client({ host: "127.0.0.1" });
const connection = client.createConnection({ port: Number(port) }, (response) => answered(response));

connection.once("connect", async () => {
  for (const file of files) {
    const text = readFileSync(file, "utf8").trim().replace(/\r?\n/g, "\r");
    const answer = new Promise((resolve) => (answered = resolve));
    await connection.sendMessage(new Message({ text }));
    const message = (await answer).getMessage();
    const read = (path) => message.get(path).toString();
    const condition = message.exists("ERR") ? read("ERR.3.1") : "";
    console.log(JSON.stringify([read("MSA.1"), read("MSA.2"), condition]));
  }
  process.exit(0);
});
