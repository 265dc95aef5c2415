"""``liandong ask …`` and ``liandong registers``: what they take."""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean
# ruff: noqa: PLR0913, PLR0917  a command has as many parameters as options

from enum import StrEnum
from typing import Annotated, Literal

import typer

from liandong.ops.running import run_command

ask = typer.Typer(
    help="Ask over the bus who has what: hospitals, shelters, depots, units.", no_args_is_help=True
)

Count = Annotated[float, typer.Option(help="How many would do; 0 asks for all there is.")]
Near = Annotated[str, typer.Option(help="Where it is needed: LATITUDE,LONGITUDE.")]
Within = Annotated[str, typer.Option(help="How far away it may be: 40km, 800m.")]
Area = Annotated[str, typer.Option(help="Where it must lie: cn.32.05.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for answers.", min=0.1, max=3600)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="en or zh: the words.")]
Type = Annotated[str, typer.Option("--type", help="Of which type; any if left out.")]


class Kind(StrEnum):
    """A register."""

    BEDS = "beds"
    SHELTERS = "shelters"
    SUPPLIES = "supplies"
    UNITS = "units"
    ROADS = "roads"


@ask.command("beds")
def ask_beds(
    context: typer.Context,
    kind: Type = "",
    count: Count = 0,
    near: Near = "",
    within: Within = "",
    area: Area = "",
    wait: Wait = 3,
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Ask for hospital beds. Ends with 1 where there are not enough, 5 where nobody answers.

    Example: liandong ask beds --type burn --count 5 --near 31.98,118.41 --within 40km
    """
    from liandong.ops.registers import Asking, ask_registers

    asking = Asking("beds", {"bed_type": kind}, count, near, within, area)
    run_command(ask_registers(asking, context.obj, wait=wait, language=lang, as_json=json))


@ask.command("shelters")
def ask_shelters(
    context: typer.Context,
    service: Annotated[str, typer.Option(help="What people must find there: beds, …")] = "",
    count: Count = 0,
    near: Near = "",
    within: Within = "",
    area: Area = "",
    wait: Wait = 3,
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Ask for places in shelters. Ends with 1 where there are not enough, 5 where nobody answers.

    Example: liandong ask shelters --count 200 --area cn.99.01
    """
    from liandong.ops.registers import Asking, ask_registers

    wanted = {"shelter_service": service}
    asking = Asking("shelter_places", wanted, count, near, within, area)
    run_command(ask_registers(asking, context.obj, wait=wait, language=lang, as_json=json))


@ask.command("supplies")
def ask_supplies(
    context: typer.Context,
    item: Annotated[str, typer.Option(help="Part of its name: sandbag.")] = "",
    category: Annotated[str, typer.Option(help="What it is for: flood_control, …")] = "",
    count: Count = 0,
    near: Near = "",
    within: Within = "",
    area: Area = "",
    wait: Wait = 3,
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Ask for supplies. Ends with 1 where there are not enough, 5 where nobody answers.

    Example: liandong ask supplies --item sandbag --area cn.32.05 --json
    """
    from liandong.ops.registers import Asking, ask_registers

    wanted = {"item_name": item, "supply_category": category}
    asking = Asking("supplies", wanted, count, near, within, area)
    run_command(ask_registers(asking, context.obj, wait=wait, language=lang, as_json=json))


@ask.command("units")
def ask_units(
    context: typer.Context,
    kind: Type = "",
    count: Count = 0,
    near: Near = "",
    within: Within = "",
    area: Area = "",
    wait: Wait = 3,
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Ask for units that can be sent. Ends with 1 where there are not enough, 5 if nobody answers.

    Example: liandong ask units --type HazMatTeam --near 31.98,118.41
    """
    from liandong.ops.registers import Asking, ask_registers

    asking = Asking("units", {"resource_type": kind}, count, near, within, area)
    run_command(ask_registers(asking, context.obj, wait=wait, language=lang, as_json=json))


def registers(
    context: typer.Context,
    kind: Annotated[Kind | None, typer.Argument(help="One register; all if left out.")] = None,
    area: Annotated[str, typer.Option(help="An area and what lies in it: cn.32.05.")] = "",
    json: Json = False,
    lang: Lang = "en",
) -> None:
    """Show what the registers of this site hold, and how old it is.

    Example: liandong registers supplies --area cn.32.05
    """
    from liandong.ops.registers import show_registers

    run_command(show_registers(kind and kind.value, area, context.obj, lang, as_json=json))
