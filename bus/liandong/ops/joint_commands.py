"""What the commands of joint response take: orders, incidents, aid, referrals, reports, clocks, ….

What they do stands in a module of each one's name.
"""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean
# ruff: noqa: PLR0913, PLR0917  a command has as many parameters as options

from pathlib import Path
from typing import Annotated, Literal

import typer

from liandong.ops.running import run_command

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="en or zh: the words.")]
ModeName = Annotated[str, typer.Option("--mode", help="live, exercise or test.")]
Since = Annotated[
    str, typer.Option("--since", help="Begin so long ago (90s, 10m, 2h, 7d), or 'start'.")
]


def orders(
    context: typer.Context,
    incident_id: Annotated[str, typer.Option("--incident", help="One incident.")] = "",
    below: Annotated[str, typer.Option(help="What region/kind/name ordered, and all below.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only what goes on.")] = False,
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show how orders stand, from the top down: who has each, who is late, what needs a person.

    Example: liandong orders --below lz/centre/command --open
    """
    from liandong.ops.orders import Wanted, show_orders

    wanted = Wanted(incident_id, below, only_open)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(show_orders(wanted, settings, language=lang, as_json=json))


def board(
    context: typer.Context,
    area: Annotated[str, typer.Option(help="cn.32.05 and what lies in it.")] = "",
    grade: Annotated[str, typer.Option(help="I, II, III or IV.")] = "",
    uncleared: Annotated[bool, typer.Option("--uncleared", help="Only those not over.")] = False,
    older_than: Annotated[str, typer.Option(help="Known for longer: 30m, 2h, 7d.")] = "",
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show the incidents: whose each is, how grave, how old; those not cleared first.

    Example: liandong board --uncleared --area cn.99 --older-than 2h
    """
    from datetime import UTC, datetime

    from liandong.ops.board import Asked, show_board

    asked = Asked(area, grade, older_than, uncleared)
    settings, now = context.obj | ({"mode": mode} if mode else {}), datetime.now(UTC)
    run_command(show_board(asked, settings, now=now, language=lang, as_json=json))


def duplicates(
    context: typer.Context, mode: ModeName = "", lang: Lang = "en", json: Json = False
) -> None:
    """Show which open incidents of different agencies are likely one, and why. You decide.

    Example: liandong duplicates
    """
    from datetime import UTC, datetime

    from liandong.ops.board import show_duplicates

    settings, now = context.obj | ({"mode": mode} if mode else {}), datetime.now(UTC)
    run_command(show_duplicates(settings, now=now, language=lang, as_json=json))


def aid(
    context: typer.Context,
    request: Annotated[str, typer.Option(help="One request's name.")] = "",
    lender: Annotated[str, typer.Option(help="An agency or region: what it has lent.")] = "",
    borrower: Annotated[str, typer.Option(help="One that asks: what it has borrowed.")] = "",
    rank: Annotated[bool, typer.Option("--rank", help="The offers too, the best first.")] = False,
    agreements: Annotated[
        Path | None, typer.Option(help="Who lends to whom (TOML); else the made-up sample.")
    ] = None,
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show mutual aid: what is asked for and granted, and which units are lent, where, until when.

    Example: liandong aid --lender qs/emergency/qingshan-bureau
    """
    from liandong.ops.aid import Wanted, show_aid

    wanted = Wanted(request, lender, borrower, ranked=rank)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(show_aid(wanted, settings, agreements=agreements, language=lang, as_json=json))


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


def clocks(
    context: typer.Context,
    clock: Annotated[str, typer.Option(help="One clock: react, roll, …")] = "",
    agency: Annotated[str, typer.Option(help="One agency: region/kind/name.")] = "",
    area: Annotated[str, typer.Option(help="cn.32.05 and what lies in it.")] = "",
    since: Since = "",
    rules: Annotated[
        Path | None, typer.Option(help="Which clocks there are (TOML); else the shipped ones.")
    ] = None,
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show how fast agencies were: p50, p90 and p95 of each clock, what was late, what runs.

    Example: liandong clocks --clock react --area cn.99 --since 7d
    """
    from liandong.ops.clocks import Wanted, show_clocks

    wanted = Wanted(clock, agency, area, since)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(show_clocks(wanted, settings, rules=rules, language=lang, as_json=json))


def warnings(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Only those not closed yet.")] = False,
    rules: Annotated[
        Path | None, typer.Option(help="Who has how long (TOML); else the shipped rules.")
    ] = None,
    mode: ModeName = "",
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show each risk from its clue to its review: how far it is, who must do what by when.

    Example: liandong warnings --open
    """
    from liandong.ops.early_warning import show_warnings

    settings = context.obj | ({"mode": mode} if mode else {})
    command = show_warnings(settings, only_open=only_open, rules=rules, language=lang, as_json=json)
    run_command(command)


def review(
    context: typer.Context,
    incident_id: Annotated[str, typer.Argument(help="Its id.")],
    html: Annotated[Path | None, typer.Option(help="Write a page for browsers there.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="en, zh, or both side by side.")] = "en",
    uri: Annotated[
        str, typer.Option("--publish", help="Say on the bus that the page is kept at this address.")
    ] = "",
    mode: ModeName = "",
    text: Annotated[bool, typer.Option("--text", help="Print text, also beside a page.")] = False,
    json: Json = False,
) -> None:
    """Say how an incident went, from the log alone: timeline, delays, what nobody answered.

    Example: liandong review 110-LZ-1107 --html review.html --lang both
    """
    from liandong.ops.review.command import Shown, review_incident

    shown = Shown(lang, html, uri, as_text=text, as_json=json)
    settings = context.obj | ({"mode": mode} if mode else {})
    run_command(review_incident(incident_id, settings, shown))


COMMANDS = (orders, board, duplicates, aid, referrals, reports, clocks, warnings, review)
"""Each under its own name, as ``--help`` lists them."""
