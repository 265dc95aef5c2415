"""Running what a command does, and how it ends."""

from collections.abc import Coroutine
from typing import Any

import typer


def run_command(command: Coroutine[Any, Any, int | None]) -> None:
    """Run it; the process ends with what it returns.

    Raises:
        Exit: Always.
    """
    from liandong.bus.loop import run  # noqa: PLC0415  --help must not wait for it
    from liandong.ops.logs import log_to_stderr  # noqa: PLC0415

    log_to_stderr()
    raise typer.Exit(int(run(command) or 0))
