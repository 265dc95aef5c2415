"""``liandong plan …``: what its commands take. What they do is in `liandong.ops.plans`."""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean
# ruff: noqa: PLR0913, PLR0917  a command has as many parameters as options, passed by position

from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

plan = typer.Typer(help="Response plans: check, try, put into force.", no_args_is_help=True)


class Language(StrEnum):
    """The language of what is told to people."""

    EN = "en"
    ZH = "zh"


class Grade(StrEnum):
    """A response level, I highest."""

    I = "I"  # noqa: E741  the level's own name
    II = "II"
    III = "III"
    IV = "IV"


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Language, typer.Option("--lang", help="In English or in Chinese.")]
Plans = Annotated[
    Path | None, typer.Option("--plans", help="The folder of plans; else LIANDONG_HOME's.")
]
PlanName = Annotated[str, typer.Argument(help="A plan's name in the folder, or its file.")]
ActivationName = Annotated[str, typer.Argument(help="An activation, or its incident.")]
Why = Annotated[str, typer.Option("--why", help="The ground, in one line that names nobody.")]


@plan.command("lint")
def plan_lint(
    files: Annotated[list[Path], typer.Argument(help="Plan files, or folders of them.")],
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Find what is wrong with plans, each and beside one another. Ends with 1 where one is unfit.

    Example: liandong plan lint plans --lang zh
    """
    from liandong.ops.plans import lint

    raise typer.Exit(lint(files, lang.value, as_json=json))


@plan.command("samples")
def plan_samples(
    folder: Annotated[Path, typer.Argument(help="Where to; it is made if it is not there.")],
) -> None:
    """Write the plans that come along, which are made up, into a folder: change them there.

    Example: liandong plan samples plans
    """
    from liandong.ops.plans import write_samples

    write_samples(folder)


@plan.command("schema")
def plan_schema() -> None:
    """Print the JSON Schema of a plan's file, for editors.

    Example: liandong plan schema > plan.schema.json
    """
    from liandong.ops.plans import print_schema

    print_schema()


@plan.command("simulate")
def plan_simulate(
    name: PlanName,
    grade: Annotated[Grade | None, typer.Option(help="The level; else the plan's gravest.")] = None,
    then: Annotated[
        list[str] | None, typer.Option(help="A later level: 30m=II, or 2h=end.")
    ] = None,
    incident_type: Annotated[
        str, typer.Option("--incident-type", help="HAZMAT, …: does the plan fit?")
    ] = "",
    area: Annotated[str, typer.Option(help="Where; else the plan's first area.")] = "",
    plans: Plans = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Show what a plan would say, when and to whom. No bus is needed; nothing is said.

    Example: liandong plan simulate lz-hazmat --incident-type HAZMAT --grade III --then 30m=II
    """
    from liandong.ops.plans import Trial, simulate

    trial = Trial(name, grade, tuple(then or ()), incident_type, area)
    simulate(trial, plans, lang.value, as_json=json)


@plan.command("activate")
def plan_activate(
    context: typer.Context,
    name: PlanName,
    incident: Annotated[str, typer.Option("--incident", help="The incident it is for.")],
    grade: Annotated[
        Grade | None, typer.Option(help="The level; else as the incident is graded.")
    ] = None,
    why: Why = "",
    plans: Plans = None,
    json: Json = False,
) -> None:
    """Put a plan into force. The site's desk says all the rest; twice has one effect.

    Example: liandong plan activate lz-hazmat --incident lz-7 --grade II --why "Clause 4.2"
    """
    from liandong.ops.plans import activate

    _run(activate(name, incident, grade, context.obj, plans, why=why, as_json=json))


@plan.command("level")
def plan_level(
    context: typer.Context,
    activation: ActivationName,
    grade: Annotated[Grade, typer.Argument(help="The level from now on.")],
    why: Why = "",
    plans: Plans = None,
    json: Json = False,
) -> None:
    """Raise or lower the response of a plan at work.

    Example: liandong plan level lz-7 III --why "The fire is out"
    """
    from liandong.ops.plans import change_level

    _run(change_level(activation, grade, context.obj, plans, why=why, as_json=json))


@plan.command("end")
def plan_end(
    context: typer.Context,
    activation: ActivationName,
    why: Why = "",
    plans: Plans = None,
    json: Json = False,
) -> None:
    """End the response of a plan at work.

    Example: liandong plan end lz-7 --why "No gas for an hour"
    """
    from liandong.ops.plans import change_level

    _run(change_level(activation, None, context.obj, plans, why=why, as_json=json))


@plan.command("show")
def plan_show(
    context: typer.Context,
    activation: ActivationName,
    plans: Plans = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Show a plan at work: its level, what it has said, and who has not answered.

    Example: liandong plan show lz-7
    """
    from liandong.ops.plans import show

    _run(show(activation, context.obj, plans, lang.value, as_json=json))


@plan.command("proposals")
def plan_proposals(
    context: typer.Context,
    plans: Plans = None,
    since: Annotated[str, typer.Option("--since", help="Look so far back (12h, 7d).")] = "7d",
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """List incidents that fit a plan which is not at work, or at work at another level.

    Example: liandong plan proposals --since 12h
    """
    from liandong.ops.plans import propose

    _run(propose(context.obj, plans, since, lang.value, as_json=json))


def _run(command: Coroutine[Any, Any, int | None]) -> None:
    from liandong.bus.loop import run
    from liandong.ops.logs import log_to_stderr

    log_to_stderr()
    raise typer.Exit(int(run(command) or 0))
