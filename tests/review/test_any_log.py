"""Whatever stands in the log: nothing is lost, and every figure is possible."""

import random
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.contracts import (
    OrderState,
    ReferralAccepted,
)
from liandong.response.review import Heard
from review.happening import (
    FIRE,
    WORKS,
    answered,
    garbled,
    measured,
    on_referral,
    ordered,
    position,
    referral,
    refused,
    reported,
    reviewed,
)

ACCEPTED, DONE, RECEIVED, REFUSED = (
    OrderState.ACCEPTED,
    OrderState.DONE,
    OrderState.RECEIVED,
    OrderState.REFUSED,
)


seconds = st.integers(0, 4000)
names = st.sampled_from(["o-1", "o-2", "o-3"])
entries = st.one_of(
    st.builds(reported, seconds),
    st.builds(ordered, names, seconds, accept_by=seconds, to=st.sampled_from([FIRE, WORKS])),
    st.builds(
        answered,
        names,
        st.sampled_from([RECEIVED, ACCEPTED, DONE, REFUSED, OrderState.IN_PROGRESS]),
        seconds,
        by=st.sampled_from([FIRE, WORKS]),
    ),
    st.builds(position, st.sampled_from(["e-1", "e-2"]), seconds),
    st.builds(measured, st.floats(0, 10), seconds),
    st.builds(garbled, seconds),
    st.builds(refused, seconds),
    st.builds(referral, seconds, st.sampled_from([str(WORKS), None])),
    st.builds(on_referral, st.just(ReferralAccepted), seconds, accepted_by=st.just(str(WORKS))),
)
logs = st.lists(entries, max_size=30)


@given(logs)
@settings(max_examples=150)
def test_every_event_is_in_the_timeline_or_counted_there(log: list[Heard]) -> None:
    """Nothing is left out: what is not a line of its own is counted by one of its source."""
    found = reviewed(log)
    alone = {line.id for line in found.timeline}
    kept = [h.event for h in log if h.event and h.event.data.lane.value != "telemetry"]
    assert {event.id for event in kept} <= alone
    assert sum(line.count for line in found.timeline) == len(log) == found.figures.events


@given(logs, st.randoms())
@settings(max_examples=80)
def test_the_order_in_which_the_log_is_read_does_not_matter(
    log: list[Heard], chance: random.Random
) -> None:
    """Lanes are read in any order."""
    shuffled = chance.sample(log, len(log))
    assert reviewed(shuffled) == reviewed(log)


@given(logs)
@settings(max_examples=150)
def test_no_delay_is_negative_and_no_missed_deadline_lies_ahead(log: list[Heard]) -> None:
    """Every figure can be checked against the timeline."""
    found = reviewed(log)
    missed = [(errand, one) for errand in found.errands for one in errand.missed]
    assert all(0 <= d.median_s <= d.p90_s <= d.longest_s for d in found.delays)
    assert [one for _, one in missed if found.ends and one.due > found.ends] == []
    assert [one for _, one in missed if one.answered and one.answered <= one.due] == []
    assert {h.stored.tzinfo for h in log} <= {UTC}
