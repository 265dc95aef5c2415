"""Run one adapter until killed: ``run_adapter.py SERVER module:Class JOURNAL SETTINGS``."""

import asyncio
import importlib
import sys
from pathlib import Path

import structlog

from liandong.adapters.sdk import Journal, run
from liandong.bus import connect


async def main(server: str, name: str, journal: str, settings: str) -> None:
    """Build the adapter, say ``ready`` once it is, and run it."""
    module, _, class_name = name.partition(":")
    kind = getattr(importlib.import_module(module), class_name)
    with Journal(Path(journal)) as opened:
        adapter = kind(kind.settings_type.model_validate_json(settings), opened)
        async with await connect(servers=(server,), agency=str(adapter.settings.agency)) as bus:
            task = asyncio.create_task(run(adapter, bus))
            await adapter.ready.wait()
            print("ready", flush=True)  # noqa: T201
            await task


# Standard output says "ready" and no more: nobody reads on, and a full pipe would stop us.
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main(*sys.argv[1:]))
