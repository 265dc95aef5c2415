"""``liandong console``: the console by itself, beside a bus that runs elsewhere or is started."""

from typing import Any

import typer

from liandong.bus import connect
from liandong.ops.console import serve
from liandong.ops.logs import log_to_stderr
from liandong.ops.up import told_to_stop


async def run_console(settings: dict[str, Any], *, port: int) -> None:
    """Serve the console until told to stop; its address is printed once it answers."""
    log_to_stderr(service=True)
    async with (
        await connect(**{"name": "console"} | settings) as bus,
        serve(bus, port=port) as address,
    ):
        typer.echo(f"http://{address}/")
        await told_to_stop()
