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

const subject = `ld.live.lz.fire.119.${event.type}.${event.subject}.${event.area}`;
const bus = await connect({ servers: process.env.LIANDONG_SERVERS ?? "nats://127.0.0.1:4222" });
try {
  const options = { msgID: event.id, expect: { streamName: "LD_LIVE_EVENTS" } };
  const stored = await bus.jetstream().publish(subject, JSON.stringify(event), options);
  console.log(`${stored.stream} holds it as number ${stored.seq}`);
} catch (error) {
  if (error.code !== "503") throw error;
  console.error(`no stream takes ${subject}: check how the type and the subject are spelt`);
  process.exitCode = 1;
} finally {
  await bus.close();
}
