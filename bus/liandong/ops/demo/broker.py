"""The MQTT broker that the agencies of the demo share: amqtt, inside this process.

It needs nothing installed beside Python, and nothing is left behind however the demo ends. It
forgets a client's session with its connection; a site runs mosquitto or another that does not.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiomqtt import MqttError
from amqtt.broker import Broker

from liandong.bus.server import LOOPBACK


@asynccontextmanager
async def mqtt_broker() -> AsyncGenerator[int]:
    """Run a broker on a free port of this machine while the block runs; give its port."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # it logs its own cancellation as errors
    asyncio.get_running_loop().set_exception_handler(_tell_unless_mqtt)
    port = _free_port()
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    listener = {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}
    broker = Broker({"listeners": {"default": listener}, "plugins": plugins})
    await broker.start()
    try:
        yield port
    finally:
        await broker.shutdown()


def _tell_unless_mqtt(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Pass over what aiomqtt leaves behind where it is cancelled while it connects."""
    if not isinstance(context.get("exception"), MqttError | asyncio.CancelledError):
        loop.default_exception_handler(context)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])
