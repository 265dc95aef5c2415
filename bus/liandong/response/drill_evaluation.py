"""What came of the reactions that a drill expected: met, late, or missed.

Whether something else was done instead (``wrong``) is for people to say.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from liandong.contracts import ExpectedReaction, ReactionOutcome, ReactionResult
from liandong.contracts.envelope import Envelope
from liandong.response.drill_state import Drill, Heard


def judged(drill: Drill) -> Iterator[tuple[Envelope, ExpectedReaction]]:
    """Yield the reactions that a machine can judge, with the inject that each is expected of."""
    for said, inject in drill.injects():
        for expected in inject.expected:
            if expected.event_type:
                yield said, expected


def results(drill: Drill, now: datetime | None = None) -> tuple[ReactionResult, ...]:
    """Return what came of each expected reaction, in the order of the injects.

    The first fitting event after the inject counts, by the times that the events themselves tell.

    Args:
        drill: The drill, started.
        now: The moment that one looks at; a reaction that may still come in time is left out. None
            looks back from the end: what has not come is missed.
    """
    found = (_result(drill, said, expected, now) for said, expected in judged(drill))
    return tuple(result for result in found if result)


def first_heard(drill: Drill, said: Envelope, reaction_id: str) -> Heard | None:
    """Return the first event after an inject that is a reaction; None where there is none."""
    after = (h for h in drill.heard if h.reaction_id == reaction_id and h.time >= said.time)
    return min(after, key=lambda heard: (heard.time, heard.event_id), default=None)


def _result(
    drill: Drill, said: Envelope, expected: ExpectedReaction, now: datetime | None
) -> ReactionResult | None:
    heard = first_heard(drill, said, expected.reaction_id)
    injected = drill.scenario_time(said.time)
    if heard is None:
        left = now and drill.scenario_time(now) - injected <= timedelta(seconds=expected.within_s)
        if left:
            return None
        return ReactionResult(reaction_id=expected.reaction_id, outcome=ReactionOutcome.MISSED)
    elapsed_s = (drill.scenario_time(heard.time) - injected).total_seconds()
    in_time = elapsed_s <= expected.within_s
    return ReactionResult(
        reaction_id=expected.reaction_id,
        outcome=ReactionOutcome.MET if in_time else ReactionOutcome.LATE,
        event_id=heard.event_id,
        elapsed_s=round(elapsed_s, 3),
    )
