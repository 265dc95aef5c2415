import { randomUUID } from "node:crypto";
import { connect } from "nats";

const event = {
  specversion: "1.0",
  id: randomUUID(),
  source: "liandong://lz/fire/119",
  type: "incident.reported.v1",
  subject: "lz-2026-000123",
  time: new Date().toISOString(),
  mode: "live",
  area: "cn.99.01",
  precedence: "immediate",
  data: {
    incident_id: "lz-2026-000123",
    summary: "Smoke over the harbour",
    location: { address: "Quay 3" },
  },
};

const bus = await connect({ servers: process.env.LIANDONG_SERVERS ?? "nats://127.0.0.1:4222" });
const stored = await bus.jetstream().publish(
  `ld.live.lz.fire.119.${event.type}.${event.subject}.${event.area}`,
  JSON.stringify(event),
  { msgID: event.id, expect: { streamName: "LD_LIVE_EVENTS" } },
);
console.log(`${stored.stream} holds it as number ${stored.seq}`);
await bus.close();
