// node publish.mjs event.json: check a message and publish it, or say all that is wrong with it.
import { readFileSync } from "node:fs";
import { connect } from "nats";
import { address, publishable } from "./contracts.mjs";

const event = JSON.parse(readFileSync(process.argv[2], "utf8"));
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
  console.log(`${stored.stream} holds it as number ${stored.seq}`);
} finally {
  await bus.close();
}
