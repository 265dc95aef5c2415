"""One at a time within a key, side by side across keys."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Rest = Callable[[], Awaitable[None]]
Job = Callable[[], Awaitable[Rest | None]]
"""Does its work and must not raise. What would take long it returns: its key is held until that has
been done too, but it takes no worker from the other keys."""

_TURN = 64  # jobs that a worker does before it lets the rest of the program run


class KeyedLanes:
    """Runs jobs in the order given for each key; jobs of different keys run side by side.

    A few tasks serve all jobs: a task for each costs more than most handlers do.
    """

    def __init__(self, room: int, at_once: int) -> None:
        """Prepare.

        Args:
            room: How many jobs may be submitted and not ended; more make `submit` wait.
            at_once: How many run side by side, rests not counted.
        """
        self._free = room
        self._room = asyncio.Event()
        self._at_once = at_once
        self._lanes: dict[str, deque[Job]] = {}
        self._ready: deque[str] = deque()
        self._serving = 0  # workers that will look at what is ready once more
        self._workers: set[asyncio.Task[None]] = set()
        self._rests: set[asyncio.Task[None]] = set()

    async def submit(self, key: str, job: Job) -> None:
        """Queue a job behind the others of its key; waits while there is no room."""
        while not self._free:
            self._room.clear()
            await self._room.wait()
        self._free -= 1
        if (lane := self._lanes.get(key)) is not None:
            lane.append(job)
            return
        self._lanes[key] = deque((job,))
        self._make_ready(key)

    async def close(self) -> None:
        """Cancel what runs and forget what waits."""
        self._ready.clear()
        running = [*self._workers, *self._rests]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _make_ready(self, key: str) -> None:
        self._ready.append(key)
        if self._serving < self._at_once:
            self._serving += 1
            _keep(self._workers, asyncio.create_task(self._serve()))

    async def _serve(self) -> None:
        try:
            await self._serve_while_ready()
        finally:
            # No pause since the last look: what comes from now on makes a new worker.
            self._serving -= 1

    async def _serve_while_ready(self) -> None:
        done = 0
        while self._ready:
            key = self._ready.popleft()
            if rest := await self._lanes[key][0]():
                _keep(self._rests, asyncio.create_task(self._finish(key, rest)))
            elif self._end_one(key):
                self._ready.append(key)
            done += 1
            if done % _TURN == 0:
                await asyncio.sleep(0)

    async def _finish(self, key: str, rest: Rest) -> None:
        await rest()
        if self._end_one(key):
            self._make_ready(key)

    def _end_one(self, key: str) -> bool:
        """Take a key's first job off; say whether more wait behind it."""
        lane = self._lanes[key]
        lane.popleft()
        self._free += 1
        self._room.set()
        if not lane:
            del self._lanes[key]
        return bool(lane)


def _keep(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    tasks.add(task)
    task.add_done_callback(tasks.discard)
