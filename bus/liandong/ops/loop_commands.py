"""``liandong referrals`` and ``liandong reports``: what they take."""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean
# ruff: noqa: PLR0913, PLR0917  a command has as many parameters as options

from typing import Annotated, Literal

import typer

from liandong.ops.running import run_command

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="en or zh: the words.")]
ModeName = Annotated[str, typer.Option("--mode", help="live, exercise or test.")]


def referrals(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Those not closed.")] = False,
    only_overdue: Annotated[
        bool, typer.Option("--overdue", help="Those that wait for a word too long.")
    ] = False,
    figures: Annotated[
        bool, typer.Option("--figures", help="Share diverted, time to take and to close.")
    ] = False,
    since: Annotated[
        str, typer.Option("--since", help="Figures since so long ago (2h, 7d); else of all.")
    ] = "",
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show referrals between 110 and 12345: who has each, whose word is awaited, until when.

    With --overdue it ends with 1 where there are any.

    Example: liandong referrals --overdue
    """
    from liandong.ops.referrals import Wanted, show_referrals

    wanted = Wanted(only_open, only_overdue, figures, since)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(show_referrals(wanted, settings, language=lang, as_json=json))


def reports(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Where a report is due.")] = False,
    only_overdue: Annotated[bool, typer.Option("--overdue", help="Where one is late.")] = False,
    incident_id: Annotated[
        str, typer.Option("--incident", help="One incident, with what was filed.")
    ] = "",
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show the reports on incidents: what is due to which tier, of whom, by when, how late.

    With --overdue it ends with 1 where there are any.

    Example: liandong reports --open
    """
    from liandong.ops.reports import Asked, show_reports

    asked = Asked(incident_id, only_open, only_overdue)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(show_reports(asked, settings, language=lang, as_json=json))
