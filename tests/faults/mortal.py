"""Run a program that dies at a step: ``python -m faults.mortal STEP NTH PROGRAM ARGUMENT…``.

STEP is ``before`` or ``after``, a space, and a method as ``module:Class.method``; the NTH call of
it is the last thing that the program does: SIGKILL, at an instant that nobody outside can hit. An
empty STEP lets it live.
"""

import ctypes
import functools
import importlib
import inspect
import itertools
import os
import runpy
import signal
import sys
from collections.abc import Callable
from typing import Any


def die() -> None:
    """End at once: nothing is flushed, closed or said."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str, nth: int) -> None:
    """Have the nth call of a method be the last."""
    when, _, place = step.partition(" ")
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, name, _mortal(getattr(owner, name), when, nth))


def _mortal(method: Callable[..., Any], when: str, nth: int) -> Callable[..., Any]:
    calls = itertools.count(1)

    def begins() -> bool:
        last = next(calls) == nth
        if last and when == "before":
            die()
        return last

    @functools.wraps(method)
    async def wait(*args: Any, **kwargs: Any) -> Any:
        last = begins()
        result = await method(*args, **kwargs)
        if last:
            die()
        return result

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        last = begins()
        result = method(*args, **kwargs)
        if last:
            die()
        return result

    return wait if inspect.iscoroutinefunction(method) else call


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # with whoever started it
    dies, number, program, *sys.argv[1:] = sys.argv[1:]
    if dies:
        arm(dies, int(number))
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
