"""Carries contracts over NATS.

from liandong.bus import connect

async with await connect(agency="js/fire/119-suzhou") as bus:
    await bus.publish(event, area="cn.32.05")
"""

# Before anything imports structlog.
import liandong.bus.lean  # noqa: F401  # pyright: ignore[reportUnusedImport]
from liandong.bus.bus import Bus, connect
from liandong.bus.dead_letters import DeadLetters
from liandong.bus.history import Entry, Following
from liandong.bus.keyvalue import Changed, Kept, KeyValue
from liandong.bus.letters import Found, Letter
from liandong.bus.publisher import Stored
from liandong.bus.server import Server
from liandong.bus.settings import BusSettings, home
from liandong.bus.subscriber import Subscription

__all__ = [
    "Bus",
    "BusSettings",
    "Changed",
    "DeadLetters",
    "Entry",
    "Following",
    "Found",
    "Kept",
    "KeyValue",
    "Letter",
    "Server",
    "Stored",
    "Subscription",
    "connect",
    "home",
]
