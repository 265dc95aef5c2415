"""Fire stations that answer over an MQTT broker, which keeps what was not acknowledged."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import Any, Self

import aiomqtt

from faults.foreign.side import ENOUGH, Foreign
from faults.machine import need
from liandong.adapters.fire.telemetry import Telemetry
from liandong.adapters.sdk import Document, Source
from liandong.adapters.sdk.mqtt import MqttMessage
from liandong.contracts import OrderReported

_TOPIC = "answers/E7"
_FIRST_ANSWER = datetime(2026, 1, 2, 8, tzinfo=UTC)
_INCIDENTS = 5
_PAUSE_S = 0.05
_SETTINGS = """
user {user}
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
log_dest none
"""


class Stations(Foreign):
    """Publishes one answer after another, QoS 1."""

    adapter = Telemetry
    says = OrderReported

    def __init__(self, folder: Path) -> None:
        self._program = need("mosquitto")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self._config = folder / "mosquitto.conf"
        self._config.write_text(_SETTINGS.format(user=getuser(), port=self._port))
        self.settings: dict[str, Any] = {
            "mqtt": {"host": "127.0.0.1", "port": self._port},
            "topics": [{"pattern": "answers/{unit}", "mapping": "station-answer"}],
        }
        self._answers: list[bytes] = []

    async def __aenter__(self) -> Self:
        """Start the MQTT broker."""
        self._process = await asyncio.create_subprocess_exec(
            self._program, "-c", self._config, stderr=asyncio.subprocess.DEVNULL
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        self._process.kill()
        await self._process.wait()

    async def give(self) -> None:
        """Publish more answers."""
        answers = [self._answer(len(self._answers) + n) for n in range(ENOUGH)]
        async with aiomqtt.Client("127.0.0.1", self._port) as client:
            for answer in answers:
                await client.publish(_TOPIC, answer, qos=1)
                await asyncio.sleep(_PAUSE_S)  # so that a life begins amid them
        self._answers += answers

    def _answer(self, n: int) -> bytes:
        when = _FIRST_ANSWER + timedelta(seconds=n)
        incident = f"lz-{n % _INCIDENTS}"
        answer = {"order_id": f"o-{n}", "incident_id": incident, "state": "seen"}
        return json.dumps(answer | {"time": when.isoformat()}).encode()

    def acknowledged(self) -> bool:
        """Say so: MQTT tells a publisher nothing of those who subscribe."""
        return True

    async def said(self, source: Source[Any]) -> AsyncIterator[Document]:
        """Yield all answers."""
        del source
        for answer in self._answers:
            yield MqttMessage(answer, "", f"mqtt:{_TOPIC}", topic=_TOPIC)
