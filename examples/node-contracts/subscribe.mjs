// node subscribe.mjs: print what can be read of cn.99; say what is wrong with the rest. These are the
// events; orders, aid, referrals, command and plans are in LD_LIVE_ORDERS (`streams` in the catalogue).
import { connect } from "nats";
import { readable } from "./contracts.mjs";

const bus = await connect({ servers: process.env.LIANDONG_SERVERS ?? "nats://127.0.0.1:4222" });
const everything = "ld.live.*.*.*.*.*.*.*.cn.99";
const consumers = (await bus.jetstreamManager()).consumers;
await consumers.add("LD_LIVE_EVENTS", {
  durable_name: "lz_city_reader",
  filter_subjects: [everything, `${everything}.>`],
  ack_policy: "explicit",
});

const reader = await bus.jetstream().consumers.get("LD_LIVE_EVENTS", "lz_city_reader");
for await (const message of await reader.consume()) {
  const event = message.json();
  const wrong = readable(event);
  if (wrong.length) {
    console.log("unreadable", event.id, wrong.join("; "));
    message.term(wrong[0]); // it would be as wrong the next time
  } else {
    console.log(event.type, event.subject, JSON.stringify(event.data));
    message.ack();
  }
}
