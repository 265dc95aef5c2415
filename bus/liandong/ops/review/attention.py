"""What went wrong, said plainly: the part of a review that people read first."""

from collections.abc import Iterator

from liandong.ops.review.tongue import Tongue
from liandong.response.review import Errand, Missed, Review


def attention(review: Review, tongue: Tongue) -> list[tuple[str, str]]:
    """Return what went wrong and, after it, of what: in the order in which it happened."""
    return [
        *(one for errand in review.errands for one in _of_errand(errand, tongue)),
        *_of_clocks(review, tongue),
        *_of_messages(review, tongue),
    ]


def _of_errand(errand: Errand, tongue: Tongue) -> Iterator[tuple[str, str]]:
    who = f"{tongue.party(errand.agency)} {errand.unit}".rstrip()
    kind = tongue.say(f"kind.{errand.kind}")
    about = f"{who}: {kind} {errand.name}, {tongue.of(errand.what)}"
    if errand.answered is None:
        dues = [_due(one, tongue) for one in errand.missed]
        yield tongue.say("never_answered"), "; ".join([about, *dues, _ended(errand, tongue)])
        return
    for one in errand.missed:
        yield tongue.say("due_passed"), f"{about}; {_due(one, tongue)}{_came(one, tongue)}"


def _due(one: Missed, tongue: Tongue) -> str:
    return f"{tongue.deadline(one.deadline.value)} {tongue.say('was_due')} {tongue.time(one.due)}"


def _came(one: Missed, tongue: Tongue) -> str:
    if one.answered is None:
        return ""
    late = tongue.duration((one.answered - one.due).total_seconds())
    return f", {tongue.say('came')} {tongue.time(one.answered)}, {tongue.say('too_late')} {late}"


def _ended(errand: Errand, tongue: Tongue) -> str:
    ending = tongue.say(f"ending.{errand.ending}")
    return f"{ending} {tongue.time(errand.over)}" if errand.over else ending


def _of_clocks(review: Review, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for run in review.clocks:
        if run.breaches or run.outcome == "after":
            who = f"{run.agency} {run.unit}".strip() or tongue.say("whole_response")
            took = tongue.duration(run.elapsed_s)
            allowed = f"{tongue.say('allowed')} {tongue.duration(run.limit_s)}"
            yield tongue.say("clock_over"), f"{run.clock}, {who}: {took}; {allowed}"


def _of_messages(review: Review, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for one in review.rejected:
        about = f"{one.sender}: {one.type or one.subject}; {one.number} {one.reason}"
        yield tongue.say("not_taken"), f"{tongue.time(one.time)} {about}"
