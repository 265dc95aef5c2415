"""The command line: ``liandong <noun> <verb>``. Data on standard output, everything else beside it.

Each command imports what it needs when it runs: ``--help`` must not wait for NATS or lxml.
"""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from liandong.ops import drill_commands, joint_commands, plan_commands, register_commands
from liandong.ops.catalogue import commands as catalogue
from liandong.ops.running import run_command

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

    run_command(run_site(site, context.obj))


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

    run_command(play(once=once, json_only=json, port=port))


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
    run_command(command)


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
    run_command(tail_stream(wanted, settings, follow=not no_follow, count=count, as_json=json))


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

    run_command(publish_one(what, fields or [], context.obj, area=area, as_json=json))


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show the server, its streams, subscriptions, adapters and dead letters."""
    from liandong.ops.status import show_status

    run_command(show_status(context.obj, as_json=json))


@app.command()
def doctor(context: typer.Context, json: Json = False) -> None:
    """Look for what is wrong, and say how to mend it. Ends with 1 where something is."""
    from liandong.ops.doctor import examine

    run_command(examine(context.obj, as_json=json))


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

    run_command(run_console(context.obj | ({"mode": mode} if mode else {}), port=port))


@incident.command("show")
def incident_show(
    context: typer.Context,
    incident_id: Annotated[str, typer.Argument(help="Its id.")],
    json: Json = False,
) -> None:
    """Show an incident's timeline from the log."""
    from liandong.ops.stream import show_incident

    run_command(show_incident(incident_id, context.obj, as_json=json))


@dead.command("list")
def dead_list(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those re-driven.")] = False,
    json: Json = False,
) -> None:
    """List the dead letters that wait."""
    from liandong.ops.dead import list_letters

    run_command(list_letters(context.obj, everything=everything, as_json=json))


@dead.command("show")
def dead_show(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(help="The beginning of its id.")],
    original: Annotated[bool, typer.Option("--original", help="Only the original bytes.")] = False,
    json: Json = False,
) -> None:
    """Show one dead letter: reason, place of the fault, attempts, original bytes."""
    from liandong.ops.dead import show_letter

    run_command(show_letter(letter, context.obj, original=original, as_json=json))


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

    run_command(
        redrive_letters(letters or [], context.obj, consumer=consumer, why=why, as_json=json)
    )


@topology.command("plan")
def topology_plan(context: typer.Context, json: Json = False) -> None:
    """Show what differs between the declared streams and the broker's. Ends with 1 if anything."""
    from liandong.ops.streams import plan_streams

    run_command(plan_streams(context.obj, as_json=json))


@topology.command("apply")
def topology_apply(context: typer.Context, json: Json = False) -> None:
    """Make the broker's streams as declared. Doing it again changes nothing."""
    from liandong.ops.streams import apply_streams

    run_command(apply_streams(context.obj, as_json=json))


@server.command("run")
def serverrun_command(
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

    run_command(run_server(folder, context.obj, host=host, port=port))


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

    run_command(run_cluster(folder, context.obj, host=host, port=port))


for joint in joint_commands.COMMANDS:
    app.command()(joint)


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
