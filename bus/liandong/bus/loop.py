"""How programs run: on uvloop's event loop where it is installed, and rarely looking for cycles."""

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_RARELY = 50_000  # objects: what an event leaves behind holds no cycles, and looking took a fifth


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a program to its end, as `asyncio.run` does."""
    look_rarely()
    try:
        import uvloop  # noqa: PLC0415  not on every platform
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def look_rarely() -> None:
    """Have Python look for cycles seldom, and not in what is loaded now: it stays anyway."""
    gc.collect()  # or what importing has left behind would stay for good
    gc.freeze()
    gc.set_threshold(_RARELY)
