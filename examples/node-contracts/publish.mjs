// node publish.mjs event.json: check a message and publish it, or say all that is wrong with it.
import { readFileSync } from "node:fs";
import { connect } from "nats";
import { address, publishable } from "./contracts.mjs";

const [file] = process.argv.slice(2);
if (!file) throw new Error("which message? node publish.mjs event.json");
const event = JSON.parse(readFileSync(file, "utf8"));
const wrong = publishable(event);
if (wrong.length) {
  for (const fault of wrong) console.error(fault);
  process.exit(1);
}

const { subject, stream } = address(event);
const bus = await connect({ servers: process.env.LIANDONG_SERVERS ?? "nats://127.0.0.1:4222" });
try {
  const options = { msgID: event.id, expect: { streamName: stream } };
  const stored = await bus.jetstream().publish(subject, JSON.stringify(event), options);
  const held = stored.duplicate ? "held this id before" : "holds it";
  console.log(`${stored.stream} ${held} as number ${stored.seq}`);
} finally {
  await bus.close();
}
