"""Events in an earlier version of their contract, as an operator sees them."""

import json

import httpx
from listening import rows_until
from websockets.asyncio.client import ClientConnection

from liandong.bus import Bus
from liandong.contracts import Envelope
from liandong.contracts.examples import example


async def test_a_row_tells_the_newest_and_the_drawer_what_was_published(
    bus: Bus, tab: ClientConnection, browser: httpx.AsyncClient
) -> None:
    """One name for one kind of event; its original is a click away."""
    await tab.send("{}")
    old = Envelope.from_document(example("facility.status.v1"))
    stored = await bus.publish(old.data, area=old.area)
    (row,) = await rows_until(tab, 1)
    place = f"/api/events/LD_LIVE_EVENTS/{stored.sequence}"
    shown = await browser.get(place, params={"type": row["type"], "key": row["key"]})
    assert (row["type"], row["key"]) == ("facility.status.v2", old.key)
    assert json.loads(shown.content)["type"] == "facility.status.v1"
