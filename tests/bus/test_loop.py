"""The event loop that programs run on."""

import asyncio

import uvloop

from liandong.bus.loop import run


async def _loop() -> asyncio.AbstractEventLoop:
    """Return the loop that runs this."""
    return asyncio.get_running_loop()


def test_a_program_runs_on_uvloop_where_it_is_installed() -> None:
    """It is installed here."""
    assert isinstance(run(_loop()), uvloop.Loop)
