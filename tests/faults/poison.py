"""What no reader can take, sent between good events: ``python -m faults.poison SPILL``.

It publishes in rounds of some good events and one poison, and the same without poison, in turns. It
notes ``segment`` when it changes over, ``invoke`` and ``ok`` of events, ``poison`` of the rest.
"""

import asyncio
import hashlib
import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from faults.facts import AREA, reported
from faults.journal import Journal
from faults.producer import confirm
from faults.programs import Program, program_main, ready
from liandong.bus import Bus, jetstream
from liandong.bus.letters import MAX_ORIGINAL_BYTES

HOPELESS = "hopeless"
"""Begins the incidents that a consumer refuses until it is mended; their events are well formed."""

_PAUSE_S = 0.5
_WITHIN_S = 30.0
_LARGEST_EVERY = 500

Spoil = Callable[[bytes, random.Random], bytes]
"""Turns the body of a good event into one that no reader takes."""


def _changed(**changes: Any) -> Spoil:
    return lambda body, _: json.dumps(json.loads(body) | changes).encode()


def _emptied(body: bytes, _: random.Random) -> bytes:
    document = json.loads(body)
    return json.dumps(document | {"data": {}}).encode()


SPOILS: dict[str, Spoil] = {
    "noise": lambda body, chance: chance.randbytes(len(body)),
    "cut off": lambda body, chance: body[: -chance.randrange(1, len(body))],
    "another area": _changed(area="cn.98"),
    "another sender": _changed(source="liandong://lz/police/110"),
    "another mode": _changed(mode="exercise"),
    "unknown contract": _changed(type="incident.reported.v99"),
    "breaks its contract": _emptied,
    "largest": lambda body, _: body.ljust(MAX_ORIGINAL_BYTES, b"x"),
}
"""What each kind of poison is made of, by name."""


@dataclass(frozen=True, slots=True)
class Spill(Program):
    """What is spilled.

    Attributes:
        seed: Its random choices.
        keys: How many incidents the good events are about; most poison claims to be about them too.
        good: Good events of a round.
        rounds: Rounds of a segment.
        segments: Segments with poison, and as many without.
        rate: Messages a second, at the most.
    """

    seed: int = 0
    keys: int = 40
    good: int = 19
    rounds: int = 50
    segments: int = 1
    rate: float = 200.0


async def spill(bus: Bus, journal: Journal, told: Spill, stop: asyncio.Event) -> None:
    """Publish all of it, and end."""
    del stop
    ready()
    chance = random.Random(f"{told.seed}/poison")  # noqa: S311  repeatable on purpose
    numbers, kinds = itertools.count(1), _kinds(chance)
    clock = asyncio.get_running_loop().time
    for segment in range(2 * told.segments):
        poisoned = bool(segment % 2)
        journal.write("segment", poisoned=poisoned)
        begun = clock()
        for done in range(1, told.rounds + 1):
            keys = [f"lz-{chance.randrange(told.keys)}" for _ in range(told.good)]
            events = [reported(key, next(numbers)) for key in keys]
            good = [bus.envelope(event, area=AREA) for event in events]
            await confirm(bus, journal, good, _WITHIN_S)
            if poisoned:
                await _put(bus, journal, next(kinds), f"lz-{chance.randrange(told.keys)}", chance)
            early = begun + done * (told.good + 1) / told.rate - clock()
            await asyncio.sleep(max(0.0, early))
        await asyncio.sleep(_PAUSE_S)


def _kinds(chance: random.Random) -> Iterator[str]:
    """Yield kinds for ever, in an order by chance; the largest rarely: each is a megabyte."""
    usual = [HOPELESS, *(kind for kind in SPOILS if kind != "largest")]
    for number in itertools.count(1):
        yield "largest" if number % _LARGEST_EVERY == 1 else chance.choice(usual)


async def _put(bus: Bus, journal: Journal, kind: str, incident: str, chance: random.Random) -> None:
    """Put one poison on the bus, about an incident of good events; the hopeless have their own."""
    number = chance.getrandbits(32)
    key = f"{HOPELESS}-{number}" if kind == HOPELESS else incident
    envelope = bus.envelope(reported(key, number), area=AREA)
    body = envelope.encode()
    if kind == HOPELESS:
        await confirm(bus, journal, [envelope], _WITHIN_S)
    else:
        body = SPOILS[kind](body, chance)
        session = await bus.connection.session()
        subject = str(envelope.subject)
        jetstream.pub_ack(subject, await session.request(subject, body))
    journal.write("poison", kind=kind, sha256=hashlib.sha256(body).hexdigest())


if __name__ == "__main__":
    program_main(Spill, spill)
