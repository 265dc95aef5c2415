"""A subscriber that keeps what it heard, and how long it may take to.

What the bus says of its own faults is left out: these tests break it.
"""

from waiting import until

from liandong.bus import Bus
from liandong.contracts import AlarmCleared, AlarmRaised, Envelope

_ALARMS = AlarmRaised, AlarmCleared

NOTICED_S = 5.0  # a bus must not claim longer than this that it is connected
HEARS_AGAIN_S = 10.0


class Ears:
    """A subscriber that keeps what it heard."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.heard: list[str] = []

    async def __call__(self, envelope: Envelope) -> None:
        """Hear one event."""
        if not isinstance(envelope.data, _ALARMS):
            self.heard.append(envelope.id)

    async def wait_for(self, event_id: str, within: float = HEARS_AGAIN_S) -> None:
        """Return once an event was heard."""
        await until(lambda: event_id in self.heard, within)


async def stored_ids(bus: Bus) -> list[str]:
    """Return the ids that the log holds, in order."""
    said = [entry.envelope async for entry in bus.history() if entry.envelope]
    return [envelope.id for envelope in said if not isinstance(envelope.data, _ALARMS)]
