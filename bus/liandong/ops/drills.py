"""Drills on the command line: check a scenario, play it, set its clock, tell what came of it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from liandong.adapters.sdk.seal import site_secret
from liandong.bus import Bus, connect, home
from liandong.contracts import (
    Envelope,
    ExerciseClockSet,
    ExerciseEnded,
    ExerciseEnding,
    ExerciseInjected,
    ExerciseStarted,
    Mode,
    ReactionOutcome,
    ReactionResult,
    labels,
)
from liandong.contracts.catalogue.finding import printable
from liandong.contracts.subjects import is_token
from liandong.ops.errors import CommandError, Exit
from liandong.ops.words import Language
from liandong.response.drill_desk import Director, drill_now, drill_of, set_clock, stop
from liandong.response.drill_evaluation import results
from liandong.response.drill_state import Drill
from liandong.response.scenario import SAMPLE, Scenario, read_scenario
from liandong.response.scenario_lines import findings

_OPEN = {"en": "open", "zh": "待反应"}
_BY_PEOPLE = {"en": "for people to judge", "zh": "由评估员评定"}
_PAUSED, _GOES_ON = "paused 暂停", "goes on 继续"


@dataclass(frozen=True, slots=True)
class Playing:
    """What is to be played, in the words of the command line.

    Attributes:
        file: The scenario; None for the one that comes along.
        name: The drill's name; empty for a new one.
        speed: Seconds of the scenario in one second.
        played: The roles that people play.
    """

    file: Path | None
    name: str
    speed: float
    played: frozenset[str]


def lint(file: Path | None, *, as_json: bool) -> int:
    """Print what is wrong with a scenario; return how the command ends.

    Raises:
        ConfigurationError: It is no scenario at all.
    """
    found = findings(read_scenario(file))
    if as_json:
        typer.echo(json.dumps({"file": str(file or SAMPLE), "findings": found}, ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(printable(finding))
    return Exit.FAILED if found else Exit.OK


async def run(
    playing: Playing, settings: dict[str, Any], language: Language, *, as_json: bool
) -> int:
    """Play a scenario to its end and print what happens; return how the command ends."""
    scenario = _playable(playing)
    drill_id = playing.name or f"{scenario.id[:48]}-{datetime.now(UTC):%m%d-%H%M%S}"
    if not is_token(drill_id):
        raise CommandError(f"--id {drill_id!r}: letters, digits, _ and -", Exit.USAGE)
    async with await connect(**_exercise(settings)) as bus:
        secret = site_secret(home())
        director = Director(bus, scenario, drill_id, secret, played=playing.played)
        begun = await director.begin(playing.speed)
        typer.echo(f"drill {drill_id} {'begins' if begun else 'goes on'}", err=True)
        async for event in director.events():
            if not as_json:
                typer.echo(printable(_line(event)))
        drill = await drill_of(bus, drill_id)
    return _tell(drill, language, as_json=as_json)


async def set_speed(name: str, speed: float | None, reason: str, settings: dict[str, Any]) -> None:
    """Set a drill's clock.

    Args:
        name: The drill.
        speed: Seconds of the scenario in one second; 0 to pause; None as before the pause.
        reason: Why; may be empty.
        settings: Of the bus.
    """
    async with await connect(**_exercise(settings)) as bus:
        drill = await _directed(bus, name)
        if speed is None:
            speed = [pace.speed for pace in drill.paces if pace.speed][-1]
        moment = await set_clock(bus, drill, speed, reason or None)
    typer.echo(f"{name} {f'goes on, {speed:g} times' if speed else 'stands still'} at {moment}")


async def end(name: str, reason: str, settings: dict[str, Any], *, real: bool) -> None:
    """End a drill before its end."""
    ending = ExerciseEnding.REAL_INCIDENT if real else ExerciseEnding.STOPPED
    async with await connect(**_exercise(settings)) as bus:
        await _directed(bus, name)
        await stop(bus, await drill_now(bus, name), ending, reason)


async def report(name: str, settings: dict[str, Any], language: Language, *, as_json: bool) -> int:
    """Print what came of a drill; return how the command ends."""
    async with await connect(**_exercise(settings)) as bus:
        drill = await drill_now(bus, name)
    if drill.started is None:
        raise CommandError(f"the log holds no drill {name!r}", Exit.NOT_FOUND)
    return _tell(drill, language, as_json=as_json)


def about(drill: Drill) -> dict[str, Any]:
    """Return what came of a drill as plain data."""
    start, ended = drill.start, drill.end
    found = ended.results if ended else results(drill, datetime.now(UTC))
    by_id = {result.reaction_id: result for result in found}
    reactions = [
        {
            "inject": inject.inject_id,
            "inject_title": inject.title,
            "reaction": expected.reaction_id,
            "agency": expected.agency,
            "text": expected.text,
            "event_type": expected.event_type,
            "within_s": expected.within_s,
        }
        | _outcome(by_id.get(expected.reaction_id))
        for _, inject in drill.injects()
        for expected in inject.expected
    ]
    return {
        "drill": start.exercise_id,
        "name": start.name,
        "scenario": f"{start.scenario_id} {start.scenario_version}",
        "phase": drill.phase,
        "ending": ended and ended.ending.value,
        "reason": ended and ended.reason,
        "injected": len(drill.injected),
        "reactions": reactions,
    }


def _playable(playing: Playing) -> Scenario:
    scenario = read_scenario(playing.file)
    if found := findings(scenario):
        raise CommandError("\n".join(found))
    if strangers := playing.played - scenario.roles.keys():
        known = ", ".join(scenario.roles)
        raise CommandError(f"no role {', '.join(sorted(strangers))}; there are {known}", Exit.USAGE)
    return scenario


def _exercise(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings of mode exercise.

    Raises:
        CommandError: Another mode was asked for.
    """
    if (mode := settings.get("mode", Mode.EXERCISE)) != Mode.EXERCISE:
        raise CommandError(f"--mode {mode}: a drill is in mode exercise", Exit.CONFLICT)
    return settings | {"mode": Mode.EXERCISE}


async def _directed(bus: Bus, name: str) -> Drill:
    """Return a drill that runs, and that we direct.

    Raises:
        CommandError: There is none, it is over, or another agency directs it.
    """
    drill = await drill_of(bus, name)
    if drill.started is None:
        raise CommandError(f"the log holds no drill {name!r}", Exit.NOT_FOUND)
    if drill.ended:
        raise CommandError(f"{name} is over", Exit.CONFLICT)
    if drill.started.source != bus.agency:
        problem = f"{drill.started.source} directs it: --agency {drill.started.source}"
        raise CommandError(problem, Exit.NOT_PERMITTED)
    return drill


def _tell(drill: Drill, language: Language, *, as_json: bool) -> int:
    told = about(drill)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(printable(f"{told['drill']}: {told['name']} ({told['phase']})"))
        for one in told["reactions"]:
            typer.echo(printable(_reaction(one, language)))
    met = all(one["outcome"] in {"met", "open", None} for one in told["reactions"])
    return Exit.OK if met else Exit.FAILED


def _outcome(result: ReactionResult | None) -> dict[str, Any]:
    return {
        "outcome": result and result.outcome.value,
        "elapsed_s": result and result.elapsed_s,
        "event_id": result and result.event_id,
    }


def _reaction(one: dict[str, Any], language: Language) -> str:
    if one["outcome"]:
        said = getattr(labels.of_code(ReactionOutcome(one["outcome"])), language)
    else:
        said = (_OPEN if one["event_type"] else _BY_PEOPLE)[language]
    took = "" if one["elapsed_s"] is None else f"{one['elapsed_s']:.0f} s / "
    return f"  {said:<8} {took}{one['within_s']:.0f} s  {one['agency']}  {one['text']}"


def _line(event: Envelope) -> str:
    clock = f"{event.time.astimezone():%H:%M:%S}"
    match event.data:
        case ExerciseStarted() as start:
            return f"{clock}  {start.name}: {start.scenario}"
        case ExerciseInjected() as inject:
            return f"{clock}  {inject.inject_number}  {inject.title}"
        case ExerciseClockSet() as setting:
            return f"{clock}  {_GOES_ON if setting.speed_factor else _PAUSED}"
        case ExerciseEnded() as ended:
            return f"{clock}  {labels.of_code(ended.ending).en} {labels.of_code(ended.ending).zh}"
        case other:
            return f"{clock}  {other.event}"
