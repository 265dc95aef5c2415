import { connect } from "nats";

const bus = await connect({ servers: process.env.LIANDONG_SERVERS ?? "nats://127.0.0.1:4222" });

// Every incident in cn.99 and inside it, from any agency; nothing is missed while we are away.
const incidents = "ld.live.*.*.*.incident.*.*.*.cn.99";
const consumers = (await bus.jetstreamManager()).consumers;
await consumers.add("LD_LIVE_EVENTS", {
  durable_name: "lz_city_desk",
  filter_subjects: [incidents, `${incidents}.>`],
  ack_policy: "explicit",
});

const desk = await bus.jetstream().consumers.get("LD_LIVE_EVENTS", "lz_city_desk");
for await (const message of await desk.consume()) {
  const event = message.json();
  console.log(event.source, event.type, event.subject, event.data.summary);
  message.ack(); // what is not acknowledged comes again
}
