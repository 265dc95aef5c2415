"""Re-driving many letters: each is read without leaving anything behind at the broker."""

import asyncio

from ears import Ears
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus, jetstream
from liandong.bus.topology import DEAD
from liandong.contracts import Envelope, Filter, IncidentReported, LiandongError, Reason

_MANY = 20


class Mended(Ears):
    """A handler that refuses everything until it is mended."""

    mended = False

    async def __call__(self, envelope: Envelope) -> None:
        """Hear one event, or refuse it for good."""
        if not self.mended:
            raise LiandongError("refused", reason=Reason.HANDLER_REFUSED)
        await super().__call__(envelope)


async def _consumers(bus: Bus) -> int:
    session = await bus.connection.session()
    info = await jetstream.call(session, f"STREAM.INFO.{DEAD}")
    return int(info["state"]["consumer_count"])


async def test_letters_are_read_without_consumers(bus: Bus) -> None:
    """A thousand at once would reach the broker's limit of consumers, and be given up."""
    desk = Mended()
    await bus.subscribe("desk", desk, Filter(contracts=(IncidentReported,)))
    for number in range(_MANY):
        await bus.publish(reported(f"lz-{number}"), area=AREA)
    async with asyncio.timeout(20):
        while len(letters := await bus.dead_letters.list()) < _MANY:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    before = await _consumers(bus)
    desk.mended = True
    for found in letters:
        await bus.dead_letters.redrive(found.letter, why="mended")
    await until(lambda: len(desk.heard) == _MANY)
    assert await _consumers(bus) <= before
