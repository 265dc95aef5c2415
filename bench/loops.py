"""The event loop: the same for all that is compared in a run, in every process of it."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from typing import Any

from liandong.bus.loop import look_rarely

LOOPS = ("uvloop", "asyncio")
_VARIABLE = "LIANDONG_BENCH_LOOP"


def default() -> str:
    """Return uvloop where it is installed."""
    return "uvloop" if find_spec("uvloop") else "asyncio"


def choose(loop: str) -> None:
    """Have every `run` of this process and its children use a loop."""
    os.environ[_VARIABLE] = loop


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end on the loop that was chosen, as programs of the bus run: all alike."""
    look_rarely()
    with asyncio.Runner(loop_factory=_factory(os.environ.get(_VARIABLE, default()))) as runner:
        return runner.run(main)


def _factory(loop: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if loop == "asyncio":
        return asyncio.new_event_loop
    import uvloop  # noqa: PLC0415  not on every platform

    return uvloop.new_event_loop
