"""Servers alone, for whoever runs the adapters elsewhere or gives a lane a broker of its own."""

from pathlib import Path
from typing import Any

import typer

from liandong.bus import home
from liandong.bus.cluster import REPLICAS
from liandong.bus.serve import serving, serving_cluster
from liandong.ops.logs import log_to_stderr
from liandong.ops.up import told_to_stop

_AGENCY = "local/centre/desk"


async def run_server(
    folder: Path | None, settings: dict[str, Any], *, host: str, port: int
) -> None:
    """Run a server until it is told to stop; by default on the data of ``LIANDONG_HOME``."""
    log_to_stderr(service=True)
    agency = settings.get("agency", _AGENCY)
    async with serving(folder or home() / "nats", agency=agency, host=host, port=port) as server:
        typer.echo(f"bus       {server.url}", err=True)
        typer.echo(f"data      {server.folder}", err=True)
        typer.echo("Ctrl-C ends it.", err=True)
        await told_to_stop()


async def run_cluster(
    folder: Path | None, settings: dict[str, Any], *, host: str, port: int
) -> None:
    """Run three joined servers until told to stop. Standard output is an environment file."""
    log_to_stderr(service=True)
    agency = settings.get("agency", _AGENCY)
    folder = folder or home() / "cluster"
    async with serving_cluster(folder, agency=agency, host=host, port=port) as cluster:
        for node in cluster.nodes:
            typer.echo(f"bus       {node.url}", err=True)
        typer.echo(f"data      {folder}", err=True)
        typer.echo(f"LIANDONG_SERVERS={','.join(cluster.urls)}")
        typer.echo(f"LIANDONG_REPLICAS={REPLICAS}")
        typer.echo("Ctrl-C ends it.", err=True)
        await told_to_stop()
