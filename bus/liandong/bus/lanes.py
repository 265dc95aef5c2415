"""One at a time within a key, side by side across keys."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Job = Callable[[], Awaitable[None]]


class KeyedLanes:
    """Runs jobs in the order given for each key; jobs of different keys run side by side.

    A job must not raise.
    """

    def __init__(self, room: int) -> None:
        """Prepare.

        Args:
            room: How many jobs may be submitted and not ended; more make `submit` wait.
        """
        self._room = asyncio.Semaphore(room)
        self._lanes: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, key: str, job: Job) -> None:
        """Queue a job behind the others of its key; waits while there is no room."""
        await self._room.acquire()
        if lane := self._lanes.get(key):
            lane.append(job)
            return
        self._lanes[key] = deque([job])
        task = asyncio.create_task(self._drain(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cancel what runs and forget what waits."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _drain(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            while lane:
                await lane[0]()
                lane.popleft()
                self._room.release()
        finally:
            del self._lanes[key]
