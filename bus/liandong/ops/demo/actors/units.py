"""Vehicles and sensors on MQTT: terminals that take orders, answer them, drive and tell where."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from aiomqtt import Client

from liandong.bus.server import LOOPBACK
from liandong.ops.demo.actors.actor import Actor, Tell
from liandong.ops.demo.clock import now
from liandong.ops.demo.scenario import Leg, Unit

_PROMISE = timedelta(minutes=30)


class Terminal(Actor):
    """The terminal of one unit. Its crew accepts what it is told to do."""

    def __init__(self, unit: Unit, tell: Tell, port: int) -> None:
        """Prepare.

        Args:
            unit: Whose it is, and what it does with an order.
            tell: Tells the audience.
            port: The MQTT broker's.
        """
        super().__init__(unit.id, tell)
        self._unit, self._port = unit, port
        self._order: dict[str, Any] = {}
        self._client = Client(LOOPBACK, port, identifier=f"terminal-{unit.id}")

    async def run(self) -> None:
        """Listen for orders and carry each out."""
        async with self._client as client:
            await client.subscribe(self._unit.listens, qos=1)
            self.ready.set()
            async for message in client.messages:
                self._order = json.loads(bytes(message.payload))["data"]
                self.say(f"MQTT: the crew reads order {self._order['order_id']}")
                for leg in self._unit.on_order:
                    await self._do(leg)

    async def answer(self, state: str) -> None:
        """Have the crew tell how far it is with its last order."""
        body = {
            "order_id": self._order["order_id"],
            "incident_id": self._order.get("incident_id"),
            "state": state,
            "time": now().isoformat(),
            "by": self._unit.crew,
        }
        if state == "in_progress":
            body["until"] = (now() + _PROMISE).isoformat()
        await self._publish(self._unit.answers, body)
        self.say(f"MQTT {self._unit.answers}: {state}")

    async def _do(self, leg: Leg) -> None:
        await asyncio.sleep(leg.pause_s)
        if leg.answer:
            await self.answer(leg.answer)
        if leg.status and self._unit.statuses:
            await self._tell_status(self._unit.statuses, leg.status)
        for longitude, latitude in leg.drive:
            position = {"lat": latitude, "lon": longitude, "speed_kmh": 60}
            await self._publish(self._unit.positions, position | {"time": now().isoformat()})
            await asyncio.sleep(leg.pause_s)

    async def _tell_status(self, topic: str, status: str) -> None:
        body = {
            "status": status,
            "time": now().isoformat(),
            "incident_id": self._order.get("incident_id"),
            "order_id": self._order["order_id"],
        }
        await self._publish(topic, body)
        self.say(f"MQTT {topic}: {status}")

    async def _publish(self, topic: str, body: dict[str, Any]) -> None:
        await self._client.publish(topic, json.dumps(body), qos=1)


class Sensor(Actor):
    """A gas detector that a crew has set up at the fence."""

    def __init__(self, name: str, tell: Tell, port: int) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            port: The MQTT broker's.
        """
        super().__init__(name, tell)
        self._client = Client(LOOPBACK, port, identifier=name)

    async def run(self) -> None:
        """Stay connected."""
        async with self._client:
            self.ready.set()
            await asyncio.Event().wait()

    async def measure(self, topic: str, results: list[float], **about: Any) -> None:
        """Publish measurements, one after the other."""
        for result in results:
            body = about | {"result": result, "phenomenonTime": now().isoformat()}
            await self._client.publish(topic, json.dumps(body), qos=1)
            self.say(f"MQTT {topic}: {result}")
            await asyncio.sleep(0.2)
