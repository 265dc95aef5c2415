"""A process that is started again and again, as a site's supervisor does, and killed at a step."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.proxy import Proxy, Trip
from faults.row import Row

_DIES_S, _ENDS_S = 60.0, 60.0
_INSTANT_S = 0.6
_TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a process is killed. With neither `call` nor `sent` nor `heard`: at any instant.

    Attributes:
        name: What it is called in a report.
        call: ``before`` or ``after``, and a method of it: ``after module:Class.method``.
        sent: Words that it sends to the broker.
        heard: Words that the broker sends to it.
        arrives: Whether those words arrive before it dies.
        most: How often a life comes by at the least: it is killed at one of those times.
    """

    name: str
    call: str = ""
    sent: str = ""
    heard: str = ""
    arrives: bool = False
    most: int = 1


class Lives:
    """The lives of one process.

    Attributes:
        ended: How many ended at which step.
    """

    def __init__(
        self, proxy: Proxy, folder: Path, chance: random.Random, command: Sequence[str]
    ) -> None:
        """Describe it.

        Args:
            proxy: Its only way to the broker.
            folder: Its home, and where it says what it has to say.
            chance: Where instants come from.
            command: A module or a script, and its arguments; it prints ``ready`` once it works.
        """
        self.ended: dict[str, int] = {}
        self._proxy, self._chance, self._command = proxy, chance, command
        self._log = folder / "said.log"
        self._env = os.environ | {"PYTHONPATH": str(_TESTS), "LIANDONG_HOME": str(folder / "home")}

    async def end_at(self, step: Step, nth: int, row: Row) -> None:
        """Start it, and have it killed when it comes to a step for the nth time.

        Raises:
            TimeoutError: It never does.
            RuntimeError: It ends in another way.
        """
        begun = time.monotonic()
        process = await self._start(step.call, nth)
        try:
            self._proxy.trip = _trip(step, nth, process.kill)
            if await _ready(process):
                row.recovered(time.monotonic() - begun)
            if not (step.call or step.sent or step.heard):
                await asyncio.sleep(self._chance.uniform(0, _INSTANT_S))
                process.kill()
            async with asyncio.timeout(_DIES_S):
                code = await process.wait()
        finally:
            self._proxy.trip = None
            await _kill(process)
        if code != -signal.SIGKILL:
            raise RuntimeError(f"{step.name}: it ended with {code}: {self._last_words()}")
        row.injected += 1
        self.ended[step.name] = self.ended.get(step.name, 0) + 1

    @asynccontextmanager
    async def alive(self) -> AsyncGenerator[None]:
        """Let it live and work until the block is left, and then end what it has begun."""
        process = await self._start("", 0)
        try:
            if not await _ready(process):
                raise RuntimeError(f"it did not start: {self._last_words()}")
            yield
            process.terminate()
            async with asyncio.timeout(_ENDS_S):
                await process.wait()
        finally:
            await _kill(process)

    async def _start(self, call: str, nth: int) -> asyncio.subprocess.Process:
        with self._log.open("ab") as said:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "faults.mortal", call, str(nth), *self._command),
                env=self._env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=said,
            )

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def _trip(step: Step, nth: int, kill: Callable[[], None]) -> Trip | None:
    words = (step.sent or step.heard).encode()
    return Trip(words, bool(step.sent), nth, step.arrives, kill) if words else None


async def _ready(process: asyncio.subprocess.Process) -> bool:
    """Wait until it works, or is dead."""
    if process.stdout is None:
        return False
    return await process.stdout.readline() == b"ready\n"


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.communicate()


def steps_for(count: int, steps: Sequence[Step], chance: random.Random) -> list[Step]:
    """Return which step each of so many lives ends at: all equally often, in an order by chance."""
    chosen: list[Step] = []
    while len(chosen) < count:
        chosen += chance.sample(steps, len(steps))
    return chosen[:count]
