"""``liandong drill …``: what it takes. A drill is always in mode exercise."""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean

from pathlib import Path
from typing import Annotated, Literal

import typer

from liandong.ops.running import run_command

drill = typer.Typer(
    help="Drills: a scenario played in mode exercise, and judged. Nothing of it is ever live.",
    no_args_is_help=True,
)

File = Annotated[
    Path | None, typer.Argument(help="The scenario (TOML); else the one that comes along.")
]
Name = Annotated[str, typer.Argument(help="The drill's name, as 'drill run' told it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="en or zh: the words.")]


@drill.command("lint")
def drill_lint(file: File = None, json: Json = False) -> None:
    """Check a scenario. Ends with 1 where something in it is wrong.

    Example: liandong drill lint tank-fire.toml
    """
    from liandong.ops.drills import lint

    raise typer.Exit(lint(file, as_json=json))


@drill.command("run")
def drill_run(
    context: typer.Context,
    file: File = None,
    speed: Annotated[
        float, typer.Option(help="Seconds of the scenario in one second.", min=0.01, max=1000)
    ] = 1,
    name: Annotated[
        str, typer.Option("--id", help="The drill's name; one that has begun goes on.")
    ] = "",
    played: Annotated[
        list[str] | None, typer.Option(help="A role that people play: nobody answers for it.")
    ] = None,
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Play a scenario to its end. Ends with 1 where a reaction was late or missing.

    Ctrl-C leaves the drill as it is; the same command with its --id goes on with it.

    Example: liandong drill run tank-fire.toml --speed 10 --played lz/fire/119
    """
    from liandong.ops.drills import Playing, run

    playing = Playing(file, name, speed, frozenset(played or ()))
    run_command(run(playing, context.obj, lang, as_json=json))


@drill.command("pause")
def drill_pause(
    context: typer.Context,
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; everybody reads it.")] = "",
) -> None:
    """Have a drill's clock stand still.

    Example: liandong drill pause hexing-tank-fire-1120
    """
    from liandong.ops.drills import set_speed

    run_command(set_speed(name, 0, reason, context.obj))


@drill.command("resume")
def drill_resume(
    context: typer.Context,
    name: Name,
    speed: Annotated[float, typer.Option(help="Another speed; else as before.", min=0)] = 0,
) -> None:
    """Have a drill's clock go on, perhaps at another speed.

    Example: liandong drill resume hexing-tank-fire-1120 --speed 4
    """
    from liandong.ops.drills import set_speed

    run_command(set_speed(name, speed or None, "", context.obj))


@drill.command("stop")
def drill_stop(
    context: typer.Context,
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; everybody reads it.")],
    real: Annotated[
        bool, typer.Option("--real-incident", help="Because something real has happened.")
    ] = False,
) -> None:
    """End a drill now; what came until now is judged.

    Example: liandong drill stop hexing-tank-fire-1120 --real-incident --reason "Fire at Quay 3"
    """
    from liandong.ops.drills import end

    run_command(end(name, reason, context.obj, real=real))


@drill.command("report")
def drill_report(context: typer.Context, name: Name, json: Json = False, lang: Lang = "en") -> None:
    """Show what came of a drill, or of one that still runs: met, late, missed.

    Example: liandong drill report hexing-tank-fire-1120 --lang zh
    """
    from liandong.ops.drills import report

    run_command(report(name, context.obj, lang, as_json=json))
