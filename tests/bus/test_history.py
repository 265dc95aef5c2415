"""Reading the log: all of it, or its end."""

from facts import AREA, ordered, reported

from liandong.bus import Bus
from liandong.contracts import Filter, IncidentReported


async def test_the_end_of_the_log_is_read_without_the_rest(bus: Bus) -> None:
    """The last so many of each lane, over all lanes in the order they were stored."""
    for n in range(5):
        await bus.publish(reported(f"lz-{n}"), area=AREA)
        await bus.publish(ordered(f"o-{n}", f"lz-{n}"), area=AREA)
    read = [(e.raw.sequence, e.envelope.key) async for e in bus.history(last=2) if e.envelope]
    assert read == [(4, "lz-3"), (4, "lz-3"), (5, "lz-4"), (5, "lz-4")]


async def test_more_than_the_log_holds_is_all_of_it(bus: Bus) -> None:
    """And what is not asked for is left out, though it counts."""
    await bus.publish(reported(), area=AREA)
    await bus.publish(ordered(), area=AREA)
    which = Filter(contracts=(IncidentReported,))
    assert [e.envelope.type async for e in bus.history(which, last=99) if e.envelope] == [
        "incident.reported.v1"
    ]
