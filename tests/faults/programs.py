"""Producers and consumers as processes: what they are told, how they start and how they end."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from faults.journal import Journal
from faults.watch import watch
from liandong.bus import Bus, connect

_ENDS_S = 60.0

ProgramT = TypeVar("ProgramT", bound="Program")
Work = Callable[[Bus, Journal, ProgramT, asyncio.Event], Awaitable[None]]
"""What a process does with a connected bus until the event says that it should stop."""


@dataclass(frozen=True, slots=True)
class Program:
    """What every process of the harness is told.

    Attributes:
        servers: Addresses of the broker.
        journal: The file it notes in what it sees.
        agency: Whom it speaks for.
    """

    servers: tuple[str, ...]
    journal: str
    agency: str = "lz/centre/desk"


class Running:
    """A process of the harness that was started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        return await self._process.wait()

    async def kill(self) -> None:
        """Kill it as a crash would."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Let it finish what it has begun.

        Raises:
            TimeoutError: It has not within 60 s.
        """
        self._process.terminate()
        async with asyncio.timeout(_ENDS_S):
            code = await self._process.wait()
        if code:
            raise RuntimeError(f"process {self.pid} ended with {code}")


@asynccontextmanager
async def running(module: str, program: Program) -> AsyncGenerator[Running]:
    """Run a process until the block is left, which kills it; entered once it is connected.

    Args:
        module: ``producer`` or ``consumer``.
        program: What it is told.
    """
    with Path(program.journal).with_suffix(".log").open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"faults.{module}",
            json.dumps(asdict(program)),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},  # it imports what we do
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError(
                f"{module} did not start; it said in {said.name}: {_tail(said.name)}"
            )
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _tail(path: str) -> str:
    return Path(path).read_text(errors="replace")[-2000:]


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def program_main(kind: type[ProgramT], work: Work[ProgramT]) -> None:
    """Be a process of the harness: connect, say ``ready``, work until SIGTERM.

    Args:
        kind: What the first argument is read as.
        work: What it does; it says that it is ready by calling `ready`.
    """
    # Standard output says "ready" and no more: nobody reads on, and a full pipe would stop us.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    told = json.loads(sys.argv[1])
    asyncio.run(_main(kind(**told | {"servers": tuple(told["servers"])}), work))


async def _main(program: ProgramT, work: Work[ProgramT]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    journal = Journal(Path(program.journal))
    bus = await connect(servers=program.servers, agency=program.agency)
    watching = asyncio.create_task(watch(bus, journal))
    try:
        await work(bus, journal, program, stop)
    finally:
        watching.cancel()
        await bus.close()
        journal.close()


def ready() -> None:
    """Tell whoever started this process that it works."""
    print("ready", flush=True)  # noqa: T201
