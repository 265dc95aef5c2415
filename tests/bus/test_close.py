"""Closing a subscription amid its work."""

import asyncio

from ears import Ears
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus
from liandong.contracts import Envelope

_LONG_BEFORE_THE_BROKER_REPEATS_S = 15


async def test_what_is_not_handled_when_it_closes_comes_again_at_once_in_order(bus: Bus) -> None:
    """All that was on its way is given back, not only what a handler had begun."""
    begun: list[str] = []

    async def hold(envelope: Envelope) -> None:
        begun.append(envelope.id)
        await asyncio.Event().wait()

    subscription = await bus.subscribe("desk", hold)
    sent = [bus.envelope(reported(f"lz-{n % 3}", f"number {n}"), area=AREA) for n in range(700)]
    await bus.send_many(sent)
    await until(lambda: len(begun) == 3)
    await subscription.close()
    ears = Ears()
    await bus.subscribe("desk", ears)
    await ears.wait_for(sent[-1].id, within=_LONG_BEFORE_THE_BROKER_REPEATS_S)
    await until(lambda: len(set(ears.heard)) == 700, _LONG_BEFORE_THE_BROKER_REPEATS_S)
    for key in range(3):
        of_key = [envelope.id for envelope in sent[key::3]]
        assert [heard for heard in dict.fromkeys(ears.heard) if heard in of_key] == of_key
