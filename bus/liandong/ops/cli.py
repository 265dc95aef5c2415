"""The command line: ``liandong <noun> <verb>``. Data on standard output, everything else beside it.

Each command imports what it needs when it runs: ``--help`` must not wait for NATS or lxml.
"""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from liandong.ops import drill_commands, loop_commands, plan_commands, register_commands
from liandong.ops.catalogue import commands as catalogue

app = typer.Typer(
    name="liandong",
    help="Liandong 联动: one bus between police, fire, medical, municipal, neighbouring regions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)
dead = typer.Typer(help="Dead letters: what could not be read or handled.", no_args_is_help=True)
topology = typer.Typer(help="The broker's streams.", no_args_is_help=True)
incident = typer.Typer(help="One incident.", no_args_is_help=True)
server = typer.Typer(help="The NATS server that comes along.", no_args_is_help=True)
app.add_typer(catalogue.contracts, name="contracts")
app.add_typer(dead, name="dead")
app.add_typer(topology, name="topology")
app.add_typer(incident, name="incident")
app.add_typer(server, name="server")
app.add_typer(drill_commands.drill, name="drill")
app.add_typer(register_commands.ask, name="ask")
app.command("registers")(register_commands.registers)
app.command("referrals")(loop_commands.referrals)
app.command("reports")(loop_commands.reports)
app.add_typer(plan_commands.plan, name="plan")
app.command("validate")(catalogue.validate)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Servers = Annotated[
    str,
    typer.Option(
        "--servers",
        help="NATS servers, with commas between; else LIANDONG_SERVERS, else the embedded one.",
    ),
]
ModeName = Annotated[str, typer.Option("--mode", help="live, exercise or test.")]
Since = Annotated[
    str, typer.Option("--since", help="Begin so long ago (90s, 10m, 2h, 7d), or 'start'.")
]


Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="en or zh: the words.")]


@app.callback()
def common(
    context: typer.Context,
    servers: Servers = "",
    mode: ModeName = "",
    agency: Annotated[str, typer.Option("--agency", help="Speak as region/kind/name.")] = "",
) -> None:
    """Take the settings that every command shares."""
    settings: dict[str, Any] = {}
    if servers:
        settings["servers"] = tuple(servers.split(","))
    if mode:
        settings["mode"] = mode
    if agency:
        settings["agency"] = agency
    context.obj = settings


@app.command()
def up(
    context: typer.Context,
    site: Annotated[Path, typer.Argument(help="The site file (TOML).")] = Path("site.toml"),
) -> None:
    """Run a site: its server and its adapters, until Ctrl-C.

    Example: liandong up examples/site/site.toml
    """
    from liandong.ops.up import run_site

    _run(run_site(site, context.obj))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End with the scenario.")] = False,
    json: Json = False,
    port: Annotated[int, typer.Option(help="The bus's port; another one if it is taken.")] = 4222,
) -> None:
    """Play a chemical-plant fire in a made-up city: five agencies, two regions, one response.

    Example: liandong demo --once --json
    """
    from liandong.ops.demo.play import play

    _run(play(once=once, json_only=json, port=port))


@app.command()
def ingest(
    context: typer.Context,
    agency: Annotated[str, typer.Argument(help="police, fire, medical, municipal or region.")],
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    mapping: Annotated[
        Path | None, typer.Option(help="The mapping file; else the shipped one that fits.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of times that carry none.")] = "",
    area: Annotated[str, typer.Option(help="Area of documents that name none.")] = "local",
    json: Json = False,
) -> None:
    """Read files once, to the last row. Reading them again adds nothing.

    Example: liandong ingest fire calls.csv --json
    """
    from liandong.ops.ingest import ingest_files

    command = ingest_files(
        agency, paths, context.obj, mapping=mapping, timezone=timezone, area=area, as_json=json
    )
    _run(command)


@app.command()
def tail(
    context: typer.Context,
    contract: Annotated[list[str] | None, typer.Option(help="incident.reported, …")] = None,
    area: Annotated[list[str] | None, typer.Option(help="cn.32.05 and what lies in it.")] = None,
    incident_id: Annotated[str, typer.Option("--incident", help="One incident.")] = "",
    sender: Annotated[str, typer.Option("--from", help="One agency: region/kind/name.")] = "",
    since: Since = "",
    mode: ModeName = "",
    no_follow: Annotated[bool, typer.Option("--no-follow", help="End with what is there.")] = False,
    count: Annotated[int, typer.Option(help="End after so many; 0 never.")] = 0,
    json: Json = False,
) -> None:
    """Watch the stream.

    Example: liandong tail --area cn.99 --contract incident.reported --since 10m
    """
    from liandong.ops.stream import Wanted, tail_stream

    wanted = Wanted(tuple(contract or ()), tuple(area or ()), incident_id, sender, since)
    settings = context.obj | ({"mode": mode} if mode else {})
    _run(tail_stream(wanted, settings, follow=not no_follow, count=count, as_json=json))


@app.command()
def publish(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="A JSON file, '-', or a contract's name.")],
    fields: Annotated[list[str] | None, typer.Argument(help="field=value, a.b=value, …")] = None,
    area: Annotated[str, typer.Option(help="Where: cn.32.05.")] = "",
    json: Json = False,
) -> None:
    """Publish one event: a CloudEvents document, or a contract and its fields.

    Example: liandong publish incident.reported incident_id=lz-7 summary="Smoke" location.address="Quay 3" --area cn.99.01
    """  # noqa: E501  an example must be one line
    from liandong.ops.say import publish_one

    _run(publish_one(what, fields or [], context.obj, area=area, as_json=json))


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show the server, its streams, subscriptions, adapters and dead letters."""
    from liandong.ops.status import show_status

    _run(show_status(context.obj, as_json=json))


@app.command()
def doctor(context: typer.Context, json: Json = False) -> None:
    """Look for what is wrong, and say how to mend it. Ends with 1 where something is."""
    from liandong.ops.doctor import examine

    _run(examine(context.obj, as_json=json))


@app.command()
def console(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Where it listens; 0 takes a free one.")] = 8420,
    mode: ModeName = "",
) -> None:
    """Serve a page that shows the bus to browsers on this machine, until Ctrl-C. It only reads.

    Example: liandong console
    """
    from liandong.ops.errors import needing

    with needing("console"):
        from liandong.ops.console.command import run_console

    _run(run_console(context.obj | ({"mode": mode} if mode else {}), port=port))


@app.command()
def orders(
    context: typer.Context,
    incident_id: Annotated[str, typer.Option("--incident", help="One incident.")] = "",
    below: Annotated[str, typer.Option(help="What region/kind/name ordered, and all below.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only what goes on.")] = False,
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Show how orders stand, from the top down: who has each, who is late, what needs a person.

    Example: liandong orders --below lz/centre/command --open
    """
    from liandong.ops.orders import Wanted, show_orders

    wanted = Wanted(incident_id, below, only_open)
    _run(show_orders(wanted, context.obj, language=lang, as_json=json))


@app.command()
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
    _run(show_clocks(wanted, settings, rules=rules, language=lang, as_json=json))


@app.command()
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
    _run(show_aid(wanted, settings, agreements=agreements, language=lang, as_json=json))


@app.command()
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
    _run(command)


@app.command()
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
    _run(show_board(asked, settings, now=now, language=lang, as_json=json))


@app.command()
def duplicates(
    context: typer.Context, mode: ModeName = "", lang: Lang = "en", json: Json = False
) -> None:
    """Show which open incidents of different agencies are likely one, and why. You decide.

    Example: liandong duplicates
    """
    from datetime import UTC, datetime

    from liandong.ops.board import show_duplicates

    settings, now = context.obj | ({"mode": mode} if mode else {}), datetime.now(UTC)
    _run(show_duplicates(settings, now=now, language=lang, as_json=json))


@incident.command("show")
def incident_show(
    context: typer.Context,
    incident_id: Annotated[str, typer.Argument(help="Its id.")],
    json: Json = False,
) -> None:
    """Show an incident's timeline from the log."""
    from liandong.ops.stream import show_incident

    _run(show_incident(incident_id, context.obj, as_json=json))


@app.command()
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
    _run(review_incident(incident_id, settings, shown))


@dead.command("list")
def dead_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those re-driven.")] = False,
    json: Json = False,
) -> None:
    """List the dead letters that wait."""
    from liandong.ops.dead import list_letters

    _run(list_letters(context.obj, everything=everything, as_json=json))


@dead.command("show")
def dead_show(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(help="The beginning of its id.")],
    original: Annotated[bool, typer.Option("--original", help="Only the original bytes.")] = False,
    json: Json = False,
) -> None:
    """Show one dead letter: reason, place of the fault, attempts, original bytes."""
    from liandong.ops.dead import show_letter

    _run(show_letter(letter, context.obj, original=original, as_json=json))


@dead.command("redrive")
def dead_redrive(
    context: typer.Context,
    why: Annotated[str, typer.Option(help="Your reason; kept in the audit stream.")],
    letters: Annotated[list[str] | None, typer.Argument(help="Beginnings of their ids.")] = None,
    consumer: Annotated[str, typer.Option(help="All that this consumer gave up.")] = "",
    json: Json = False,
) -> None:
    """Have dead letters tried again by the consumer that gave them up. Twice has one effect.

    Example: liandong dead redrive 3f2a --why "mapping mended"
    """
    from liandong.ops.dead import redrive_letters

    _run(redrive_letters(letters or [], context.obj, consumer=consumer, why=why, as_json=json))


@topology.command("plan")
def topology_plan(context: typer.Context, json: Json = False) -> None:
    """Show what differs between the declared streams and the broker's. Ends with 1 if anything."""
    from liandong.ops.streams import plan_streams

    _run(plan_streams(context.obj, as_json=json))


@topology.command("apply")
def topology_apply(context: typer.Context, json: Json = False) -> None:
    """Make the broker's streams as declared. Doing it again changes nothing."""
    from liandong.ops.streams import apply_streams

    _run(apply_streams(context.obj, as_json=json))


@server.command("run")
def server_run(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help="Its data; else LIANDONG_HOME's, which a site uses.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 4222,
) -> None:
    """Run a server, streams in place, until Ctrl-C. It is started again where it dies or is stuck.

    Example: liandong server run --port 4223 --folder /srv/liandong/orders
    """
    from liandong.ops.server import run_server

    _run(run_server(folder, context.obj, host=host, port=port))


@server.command("cluster")
def server_cluster(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help="Holds a folder for each; else one in LIANDONG_HOME.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The first of three ports; 0 takes free ones.")] = 4222,
) -> None:
    """Run three servers that keep every stream three times, on this machine, until Ctrl-C.

    For trials: any one may die. It prints the environment that points commands at them.

    Example: liandong server cluster > cluster.env
    """
    from liandong.ops.server import run_cluster

    _run(run_cluster(folder, context.obj, host=host, port=port))


def _run(command: Coroutine[Any, Any, int | None]) -> None:
    from liandong.bus.loop import run
    from liandong.ops.logs import log_to_stderr

    log_to_stderr()
    raise typer.Exit(int(run(command) or 0))


def main() -> None:
    """Run a command; an error is told in words, with its number and an exit code."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe has gone: head, less
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        from liandong.contracts import LiandongError
        from liandong.ops.errors import CommandError, exit_code, explain

        if not isinstance(error, LiandongError | CommandError):
            raise
        for text in explain(error):
            typer.echo(f"liandong: {text}", err=True)
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
