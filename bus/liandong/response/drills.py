"""Drills: a scenario played in mode ``exercise``, on its own clock, and judged.

What is due follows from the log: injects from the drill's clock, answers of roles that nobody plays
from what was said to them, the end from what has come of it. Only who started a drill sets its
clock, injects and ends it. None of it exists in mode ``live``: a drill begins with an event that is
refused there, and without it nothing is ever due.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import cast

from liandong.contracts import (
    Agency,
    ContractError,
    Envelope,
    ExerciseClockSet,
    ExerciseEnded,
    ExerciseEnding,
    ExerciseInjected,
    ExerciseStarted,
    ExpectedReaction,
)
from liandong.response.concern import Changes, Concern, Move, Say
from liandong.response.drill_evaluation import first_heard, judged, results
from liandong.response.drill_state import KEPT, Cued, Drill, Heard
from liandong.response.scenario import Answer, Inject, Line, Scenario, newest, read_scenario
from liandong.response.scenario_lines import Cue, event_of

OWN = (ExerciseStarted, ExerciseClockSet, ExerciseInjected, ExerciseEnded)
"""What a drill says of itself."""


@dataclass(frozen=True, slots=True)
class Play:
    """One drill of a scenario.

    Attributes:
        scenario: What is played.
        drill_id: The drill's name, unique in the region.
        played: The roles that people play: nobody answers for them.
        event_id: Returns the id under which something about the drill is said.
    """

    scenario: Scenario
    drill_id: str = "drill"
    played: frozenset[str] = frozenset()
    event_id: Callable[[str], str] = lambda about: about.replace(" ", "-").rjust(16, "0")

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What is answered for roles that nobody plays."""
        return tuple(a for a in self.scenario.answers if a.says[0].by not in self.played)


def decide(
    drill: Drill | None, event: Envelope | None, now: datetime, play: Play
) -> Changes[Drill]:
    """Return what becomes of a drill.

    Args:
        drill: As it was; None before anything was heard of it.
        event: What was said of it or in it; None where time has passed.
        now: Until when something must have been due to be owed.
        play: What is played.
    """
    after = _apply(drill or Drill(), event, play) if event else drill
    if after is None or after == Drill():
        return Changes(None)
    if after.started is None:
        return Changes(after)
    if after.ended:
        ends = after.ended.time + KEPT
        return Changes(after, due=ends) if event or now < ends else Changes(None)
    coming = list(_coming(after, play))
    owed = tuple(say for say in coming if say.time <= now)
    return Changes(after, owed, min((s.time for s in coming if s.time > now), default=None))


def drills(play: Play | None = None) -> Concern[Drill]:
    """Return the concern of one drill; without one, that of the scenario that comes along."""
    name = f"drill-{play.drill_id}" if play else "drills"  # each drill's states are its own
    play = play or Play(read_scenario())
    patterns = [answer.on for answer in play.answers]
    patterns += [one.pattern for _, one in play.scenario.expected() if one.pattern]
    names = {pattern.event for pattern in patterns} | {
        line.event for answer in play.answers for line in answer.says
    }
    heard = tuple(kind for name in sorted(names) if (kind := newest(name)))
    return Concern(
        name,
        1,
        Drill,
        (*OWN, *(kind for kind in heard if kind not in OWN)),
        partial(_threads, play.drill_id),
        partial(decide, play=play),
        _MOVES,
    )


def watched(drill_id: str) -> Concern[Drill]:
    """Return the concern of a drill for who looks at what its director keeps, scenario unseen."""

    def decide(drill: Drill | None, event: Envelope | None, now: datetime) -> Changes[Drill]:
        del now
        return Changes(told(drill or Drill(), event) if event else drill)

    return Concern(f"drill-{drill_id}", 1, Drill, OWN, partial(_threads, drill_id), decide)


def start_of(play: Play, director: Agency, now: datetime, speed: float) -> ExerciseStarted:
    """Return what a drill begins with.

    Args:
        play: What is played.
        director: The agency that directs it.
        now: When it begins.
        speed: Seconds of the scenario in one of the wall clock, above 0.
    """
    scenario = play.scenario
    return ExerciseStarted(
        exercise_id=play.drill_id,
        name=str(scenario.name),
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        scenario=str(scenario.story),
        scenario_start=scenario.begins,
        speed_factor=speed,
        planned_end=now + scenario.lasts / speed,
        directed_by=str(director),
        agencies=tuple(scenario.roles),
    )


def _threads(drill_id: str, event: Envelope) -> Iterator[str]:
    named = getattr(event.data, "exercise_id", drill_id) if event.data.drill else drill_id
    if named == drill_id:
        yield drill_id


def told(drill: Drill, event: Envelope) -> Drill:
    """Return a drill after one of its own events: they need no scenario."""
    match event.data:
        case ExerciseStarted():
            return _tidy(replace(drill, started=drill.started or event))
        case _ if not _directs(drill, event):
            return drill
        case ExerciseClockSet():
            return replace(drill, clock=(*drill.clock, event))
        case ExerciseInjected() as inject:
            known = {one.inject_id for _, one in drill.injects()}
            injected = () if inject.inject_id in known else (event,)
            return _tidy(replace(drill, injected=(*drill.injected, *injected)))
        case ExerciseEnded():
            return replace(drill, ended=event)
        case _:
            return drill


def _directs(drill: Drill, event: Envelope) -> bool:
    """Say whether it is by who started the drill, which is not over."""
    started = drill.started
    return started is not None and event.source == started.source and drill.ended is None


def _apply(drill: Drill, event: Envelope, play: Play) -> Drill:
    if isinstance(event.data, OWN):
        return told(drill, event)
    return drill if drill.ended else _tidy(_listen(drill, event, play))


def _listen(drill: Drill, event: Envelope, play: Play) -> Drill:
    """Return a drill that has heard an event which is not its own."""
    heard = {
        Heard(one.id, event.id, event.time)
        for _, one in play.scenario.expected()
        if one.pattern and one.pattern.fits(event)
    }
    cued = [Cued(a.id, event) for a in play.answers if a.on.fits(event)]
    known = {(one.answer_id, one.on.id) for one in drill.cued}
    new = tuple(one for one in cued if (one.answer_id, event.id) not in known)
    ours = event.causation and str(event.source) in {a.says[0].by for a in play.answers}
    return replace(
        drill,
        heard=drill.heard | heard,
        cued=drill.cued + new,
        answered=drill.answered | ({event.id} if ours else set()),
    )


def _tidy(drill: Drill) -> Drill:
    """Return a drill without what was heard before it began, or after the reaction itself."""
    if drill.started is None:
        return drill
    since = drill.started.time
    heard = {one for one in drill.heard if one.time >= since}
    for said, expected in judged(drill):
        first = first_heard(drill, said, expected.reaction_id)
        mine = {one for one in heard if one.reaction_id == expected.reaction_id}
        heard -= mine
        heard |= {first} if first else set[Heard]()
    cued = tuple(one for one in drill.cued if one.on.time >= since)
    return replace(drill, heard=frozenset(heard), cued=cued)


def _coming(drill: Drill, play: Play) -> Iterator[Say]:
    """Yield all that will be due, if nothing more is heard; the end once the rest is in the log."""
    over = drill.when(play.scenario.ends)
    more = [*_injects(drill, play), *_answers(drill, play)]
    before = [say for say in more if over is None or say.time <= over]
    yield from before
    if not more:
        over = _settled(drill, play) or over
    if over and not before:
        yield _end(drill, over)


def _injects(drill: Drill, play: Play) -> Iterator[Say]:
    known = {inject.inject_id for _, inject in drill.injects()}
    for number, inject in enumerate(play.scenario.injects, 1):
        at = drill.when(play.scenario.begins + inject.at)
        if at and inject.id not in known:
            yield from _inject(drill, play, inject, number, at)


def _inject(drill: Drill, play: Play, inject: Inject, number: int, at: datetime) -> Iterator[Say]:
    """Yield the events of an inject, and then the inject: it is played once that is in the log."""
    started = cast("Envelope", drill.started)
    cue = Cue(play.drill_id, at, drill.pace(at).speed or 1.0)
    abouts = [f"inject {inject.id} {line}" for line in range(len(inject.says))]
    for about, line in zip(abouts, inject.says, strict=True):
        yield from _line(line, cue, about, started, play.scenario.area)
    injected = ExerciseInjected(
        exercise_id=play.drill_id,
        inject_id=inject.id,
        inject_number=number,
        title=str(inject.title),
        scenario_time=play.scenario.begins + inject.at,
        event_ids=tuple(play.event_id(about) for about in abouts),
        to_agencies=inject.to,
        expected=tuple(
            ExpectedReaction(
                reaction_id=one.id,
                agency=one.by,
                event_type=one.event,
                text=str(one.text),
                within_s=one.within.total_seconds(),
            )
            for one in inject.expected
        ),
    )
    yield Say(injected, f"inject {inject.id}", started, at)


def _answers(drill: Drill, play: Play) -> Iterator[Say]:
    by_id = {answer.id: answer for answer in play.answers}
    for cued in drill.cued:
        moment = drill.scenario_time(cued.on.time)
        for number, line in enumerate(by_id[cued.answer_id].says):
            moment += line.after
            at, about = drill.when(moment), f"answer {cued.answer_id} {cued.on.id} {number}"
            if at and play.event_id(about) not in drill.answered:
                cue = Cue(play.drill_id, at, drill.pace(at).speed or 1.0, cued.on)
                yield from _line(line, cue, about, cued.on, cued.on.area)


def _line(line: Line, cue: Cue, about: str, cause: Envelope, area: str) -> Iterator[Say]:
    try:
        event = event_of(line, cue)
    except ContractError:  # what it answers is not as its scenario thought: then it is silent
        return
    speaker = Agency.parse(line.by)
    yield Say(event, about, cause, cue.moment, line.precedence, line.area or area, speaker)


def _settled(drill: Drill, play: Play) -> datetime | None:
    """Return when the last reaction came that was expected; None while one is to be waited for."""
    expected = [reaction.id for _, reaction in play.scenario.expected()]
    came = {heard.reaction_id for heard in drill.heard}
    if not expected or len(drill.injected) < len(play.scenario.injects) or came != set(expected):
        return None
    return max(*(said.time for said in drill.injected), *(heard.time for heard in drill.heard))


def _end(drill: Drill, ended: datetime) -> Say:
    started = cast("Envelope", drill.started)
    end = ExerciseEnded(
        exercise_id=drill.start.exercise_id,
        started=started.time,
        ended=ended,
        ending=ExerciseEnding.COMPLETED,
        results=results(drill),
    )
    return Say(end, "end", started, ended)


_MOVES = (
    Move("", "exercise.started", "running"),
    Move("running", "exercise.clock_set", "paused"),
    Move("paused", "exercise.clock_set", "running"),
    Move("running", "exercise.ended", "ended"),
    Move("paused", "exercise.ended", "ended"),
    Move("ended", "7 days", ""),
)
