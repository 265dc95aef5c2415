"""Plans on the command line: check, try, put into force, follow."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import typer

from liandong.bus import Bus, Stored, connect
from liandong.contracts import (
    Agency,
    DecisionBasis,
    Envelope,
    Filter,
    IncidentType,
    Mode,
    Precedence,
    ResponseGrade,
    to_token,
)
from liandong.ops import plan_words, times
from liandong.ops.errors import CommandError, Exit
from liandong.ops.plan_folder import files_of, folder_of, library_of, plan_named
from liandong.ops.words import Language
from liandong.response import Shelf
from liandong.response.plan_activation import Wish, activated, activation_id, changed, ended
from liandong.response.plan_file import Plan, plan_schema
from liandong.response.plan_items import Trigger
from liandong.response.plan_library import Library, fitting, rank
from liandong.response.plan_lint import lint_files
from liandong.response.plan_proposals import READ, Known, case_of, learn, proposals
from liandong.response.plan_simulation import simulate as run
from liandong.response.plan_state import Activation, PlansAtWork
from liandong.response.plan_words import span
from liandong.response.plans import levels_of, plans

_TRIAL = "trial"


def lint(paths: list[Path], language: Language, *, as_json: bool) -> int:
    """Print what is wrong with plans; return how the command ends."""
    files = files_of(paths)
    found = lint_files(files)
    if as_json:
        cards = [
            {
                "file": one.file,
                "place": one.place,
                "rule": one.rule,
                "is_error": one.is_error,
                "en": one.line("en"),
                "zh": one.line("zh"),
            }
            for one in found
        ]
        typer.echo(json.dumps({"plans": len(files), "findings": cards}, ensure_ascii=False))
    for one in () if as_json else found:
        typer.echo(one.line(language))
    return Exit.FAILED if any(one.is_error for one in found) else Exit.OK


def print_schema() -> None:
    """Print the JSON Schema of a plan's file."""
    typer.echo(json.dumps(plan_schema(), ensure_ascii=False, indent=2))


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried of a plan, in the words of the command line."""

    plan: str
    grade: str | None
    then: tuple[str, ...]
    incident_type: str
    area: str


def simulate(trial: Trial, folder: Path | None, language: Language, *, as_json: bool) -> None:
    """Print what a plan would say."""
    plan = plan_named(trial.plan, folder, even_samples=True)
    level = ResponseGrade(trial.grade) if trial.grade else min(plan.trigger.grades, key=rank)
    area = trial.area or plan.trigger.areas[0]
    start = datetime.now(UTC).replace(microsecond=0)
    said = run(plan, _events(plan, level, area, trial.then, start)).said
    if trial.incident_type and not _fits(plan.trigger, trial.incident_type):
        typer.echo(f"plan {plan.plan_id} is not for {trial.incident_type}", err=True)
    if as_json:
        cards = [plan_words.said_card(say, start) for say in said]
        about = {"plan_id": plan.plan_id, "plan_version": plan.version, "level": level.value}
        typer.echo(json.dumps(about | {"area": area, "said": cards}, ensure_ascii=False))
        return
    for say in said:
        typer.echo(plan_words.said_line(say, start, language))


def _fits(trigger: Trigger, kind: str) -> bool:
    try:
        return not trigger.incident_types or IncidentType(kind) in trigger.incident_types
    except ValueError:
        raise CommandError(
            f"no incident type {kind!r} (EIDO, such as HAZMAT)", Exit.USAGE
        ) from None


def _events(
    plan: Plan, level: ResponseGrade, area: str, then: tuple[str, ...], start: datetime
) -> list[Envelope]:
    """Return what people would say: the activation, and each later level or the end."""
    source = Agency(plan.region, "centre", "simulation")
    named = activation_id(plan, _TRIAL)
    event = activated(plan, Wish(level, _TRIAL), named, start)
    first = Envelope(source=source, mode=Mode.TEST, time=start, area=area, data=event)
    events, now = [first], level
    for step in then:
        after, _, what = step.partition("=")
        try:
            moment = start + span(after)
            to = None if what == "end" else ResponseGrade(what)
        except ValueError:
            raise CommandError(f"--then {step!r}: say 30m=II or 2h=end", Exit.USAGE) from None
        one = Activation(first)
        if to is now:
            raise CommandError(f"--then {step!r}: it is at {now} already", Exit.USAGE)
        data = (
            changed(one, plan, now, Wish(to), moment) if to else ended(one, plan, Wish(now), moment)
        )
        events.append(Envelope(source=source, mode=Mode.TEST, time=moment, area=area, data=data))
        now = to or now
    return events


async def activate(
    name: str,
    incident: str,
    grade: str | None,
    settings: dict[str, Any],
    folder: Path | None,
    *,
    why: str,
    as_json: bool,
) -> None:
    """Say that a plan is in force for an incident, and under which name."""
    plan = plan_named(name, folder)
    incident_id = to_token(incident)
    async with await connect(**settings) as bus:
        _check_speaks_for(bus, plan)
        known = await _known(bus, incident_id)
        level = ResponseGrade(grade) if grade else known.grade
        if level is None:
            raise CommandError(f"{incident_id} is not graded: say --grade", Exit.USAGE)
        _warn(plan, known)
        wish = Wish(level, incident_id, _basis(known, level), why)
        named = activation_id(plan, incident_id, _number(plan, known))
        event = activated(plan, wish, named, datetime.now(UTC))
        stored = await bus.publish(event, area=known.area, precedence=Precedence.FLASH)
    _report(stored, named, as_json=as_json)


def _check_speaks_for(bus: Bus, plan: Plan) -> None:
    """Refuse what no desk would carry out: it heeds only who speaks for the plan's region.

    Raises:
        CommandError: We speak for another one; names whom the plan lets decide.
    """
    if bus.agency.region != plan.region:
        deciders = " or ".join(sorted({one.agency for one in plan.deciders}))
        problem = f"plan {plan.plan_id} is of region {plan.region}, and this is {bus.agency}"
        raise CommandError(f"{problem}: liandong --agency {deciders} plan …", Exit.USAGE)


def _basis(known: Known, level: ResponseGrade) -> DecisionBasis:
    same = known.grade is level
    return DecisionBasis.INCIDENT_GRADE if same else DecisionBasis.ASSESSMENT


async def _known(bus: Bus, incident_id: str) -> Known:
    """Return what the log knows of an incident.

    Raises:
        CommandError: Nothing.
    """
    known: dict[str, Known] = {}
    async for entry in bus.history(Filter(contracts=READ, key=incident_id)):
        if entry.envelope:
            learn(known, entry.envelope)
    if found := known.get(incident_id):
        return found
    raise CommandError(f"no incident {incident_id} in {bus.mode}", Exit.NOT_FOUND)


def _warn(plan: Plan, known: Known) -> None:
    """Tell where a plan is not for an incident: a person has decided, and may know better."""
    if not known.open:
        typer.echo(f"{known.incident_id} is cleared", err=True)
    case = case_of(known)
    if case and not fitting([plan], case):
        grade = f"{case.category} {case.grade}"
        typer.echo(f"plan {plan.plan_id} is not meant for {grade} in {case.area}", err=True)


def _number(plan: Plan, known: Known) -> int:
    """Return the how-many-th activation of a plan for an incident this is.

    Raises:
        CommandError: The plan is at work there.
    """
    if any(plan_id == plan.plan_id for plan_id, _, _ in known.levels):
        about = known.incident_id
        message = f"plan {plan.plan_id} is at work on {about}: liandong plan show {about}"
        raise CommandError(message, Exit.CONFLICT)
    return known.activated.count(plan.plan_id) + 1


async def change_level(
    name: str,
    grade: str | None,
    settings: dict[str, Any],
    folder: Path | None,
    *,
    why: str,
    as_json: bool,
) -> None:
    """Say that the response of a plan has another level, or with none that it has ended."""
    library = library_of(folder)
    now = datetime.now(UTC)
    async with await connect(**settings) as bus:
        _, one = await _at_work(bus, library, name)
        plan = library.plan(one.fact.plan_id, one.fact.plan_version)
        if plan is None:
            edition = f"{one.fact.plan_id} {one.fact.plan_version}"
            raise CommandError(f"no plan {edition} in {folder_of(folder)}", Exit.NOT_FOUND)
        _check_speaks_for(bus, plan)
        level = levels_of(one, plan, now)[-1].level
        if level == grade:
            raise CommandError(f"{one.fact.activation_id} is at {level} already", Exit.CONFLICT)
        basis = DecisionBasis.ASSESSMENT if grade else DecisionBasis.HAZARD_OVER
        wish = Wish(ResponseGrade(grade) if grade else level, basis=basis, why=why)
        event = changed(one, plan, level, wish, now) if grade else ended(one, plan, wish, now)
        stored = await bus.publish(
            event,
            area=one.activated.area,
            precedence=Precedence.FLASH,
            correlation=one.activated.correlation or one.activated.id,
            causation=one.activated.id,
        )
    _report(stored, one.fact.activation_id, as_json=as_json)


async def show(
    name: str, settings: dict[str, Any], folder: Path | None, language: Language, *, as_json: bool
) -> None:
    """Print how a plan at work stands."""
    library = library_of(folder, even_samples=True)
    async with await connect(**settings) as bus:
        state, one = await _at_work(bus, library, name)
    plan = library.plan(one.fact.plan_id, one.fact.plan_version)
    card = plan_words.standing_card(state, one, plan, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(card, ensure_ascii=False))
        return
    for line in plan_words.standing_lines(card, language):
        typer.echo(line)


async def _at_work(bus: Bus, library: Library, name: str) -> tuple[PlansAtWork, Activation]:
    """Return an activation by its name, or the latest of an incident.

    Raises:
        CommandError: There is none.
    """
    shelf = Shelf(bus, plans(library))
    await shelf.open()
    states = await shelf.states()
    found = [
        (state, one)
        for state in states.values()
        for one in state.activations
        if name in {one.fact.activation_id, one.fact.incident_id}
    ]
    if not found:
        raise CommandError(f"no plan is at work under {name!r} in {bus.mode}", Exit.NOT_FOUND)
    return found[-1]


async def propose(
    settings: dict[str, Any], folder: Path | None, back: str, language: Language, *, as_json: bool
) -> None:
    """Print which plans people should think of."""
    library = library_of(folder)
    known: dict[str, Known] = {}
    async with await connect(**settings) as bus:
        async for entry in bus.history(Filter(contracts=READ), since=times.since(back)):
            if entry.envelope:
                learn(known, entry.envelope)
    found = proposals(known.values(), library)
    if as_json:
        cards = [plan_words.proposal_card(one) for one in found]
        typer.echo(json.dumps(cards, ensure_ascii=False))
        return
    for one in found:
        typer.echo(plan_words.proposal_line(one, language))
    if not found:
        typer.echo(plan_words.word("nothing", language), err=True)


def write_samples(folder: Path) -> None:
    """Write the plans that come along into a folder, to be changed there.

    Raises:
        CommandError: Something of the same name is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted((files("liandong.response") / "samples" / "plans").iterdir(), key=str):
        try:
            with (folder / file.name).open("x", encoding="utf-8") as copy:
                copy.write(file.read_text("utf-8"))
        except FileExistsError:
            raise CommandError(f"{folder / file.name} is there already", Exit.CONFLICT) from None
        typer.echo(f"{folder / file.name}")


def _report(stored: Stored, named: str, *, as_json: bool) -> None:
    envelope = stored.envelope
    if as_json:
        about = {"activation_id": named, "id": envelope.id, "type": envelope.type}
        place = {"stream": stored.stream, "sequence": stored.sequence}
        typer.echo(json.dumps(about | place))
        return
    typer.echo(named)
    typer.echo(f"said as {envelope.source}; next: liandong plan show {named}", err=True)
