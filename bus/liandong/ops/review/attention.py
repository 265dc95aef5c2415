"""What went wrong, said plainly: the part of a review that people read first."""

from collections.abc import Iterator

from liandong.ops.review.tongue import Tongue
from liandong.response.review import Errand, Missed, Review


def attention(review: Review, tongue: Tongue) -> list[tuple[str, str]]:
    """Return what went wrong and, after it, of what: errands, clocks, messages, each in order.

    Args:
        review: What happened.
        tongue: One language: these are sentences.
    """
    return [
        *(one for errand in review.errands for one in _of_errand(errand, tongue)),
        *_of_clocks(review, tongue),
        *_of_messages(review, tongue),
    ]


def _of_errand(errand: Errand, tongue: Tongue) -> Iterator[tuple[str, str]]:
    who = f"{tongue.party(errand.agency)} {errand.unit}".rstrip()
    kind = tongue.say(f"kind.{errand.kind}")
    colon, comma, semicolon = (tongue.say(mark) for mark in ("colon", "comma", "semicolon"))
    about = f"{who}{colon}{kind} {errand.name}{comma}{tongue.of(errand.what)}"
    if errand.answered is None:
        dues = [_due(one, tongue) for one in errand.missed]
        waits = errand.over is None and not errand.missed
        word = tongue.say("no_answer_yet" if waits else "never_answered")
        yield word, semicolon.join([about, *dues, _ended(errand, tongue)])
        return
    for one in errand.missed:
        told = filter(None, (_due(one, tongue), _came(one, tongue)))
        yield tongue.say("due_passed"), f"{about}{semicolon}{comma.join(told)}"


def _due(one: Missed, tongue: Tongue) -> str:
    deadline = tongue.deadline(one.deadline.value)
    return tongue.say("was_due", deadline=deadline, time=tongue.time(one.due))


def _came(one: Missed, tongue: Tongue) -> str:
    if one.answered is None:
        return ""
    late = tongue.duration((one.answered - one.due).total_seconds())
    return tongue.say("came", time=tongue.time(one.answered), took=late)


def _ended(errand: Errand, tongue: Tongue) -> str:
    ending = tongue.say(f"ending.{errand.ending}")
    return f"{ending} {tongue.time(errand.over)}" if errand.over else ending


def _of_clocks(review: Review, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for run in review.clocks:
        if run.breaches or run.outcome == "after":
            who = f"{run.agency} {run.unit}".strip() or tongue.say("whole_response")
            took, allowed = tongue.duration(run.elapsed_s), tongue.duration(run.limit_s)
            told = tongue.say("took_of", took=took, allowed=allowed)
            about = f"{run.clock}{tongue.say('comma')}{who}"
            yield tongue.say("clock_over"), f"{about}{tongue.say('colon')}{told}"


def _of_messages(review: Review, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for one in review.rejected:
        about = f"{one.sender}: {one.type or one.subject}; {one.number} {one.reason}"
        yield tongue.say("not_taken"), f"{tongue.time(one.time)} {about}"
