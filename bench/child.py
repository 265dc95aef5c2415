"""Another process of this bench: started with the same event loop, told by lines, ended with it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_S = 60.0


class Child:
    """A process that says ``ready`` on its standard output and listens on its standard input."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    async def said(self) -> str:
        """Return the next line it says.

        Raises:
            RuntimeError: It ended instead, or said nothing for a minute.
        """
        if self._process.stdout is None:
            raise RuntimeError("started without pipes")
        line = await asyncio.wait_for(self._process.stdout.readline(), _PATIENCE_S)
        if not line:
            raise RuntimeError(f"a process of the bench ended: {await self._process.wait()}")
        return line.decode().strip()

    async def tell(self, word: str) -> str:
        """Tell it something; return what it answers."""
        if self._process.stdin is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()
        return await self.said()

    async def end(self) -> None:
        """End it."""
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()


@asynccontextmanager
async def child(*arguments: str, env: Mapping[str, str]) -> AsyncIterator[Child]:
    """Run ``python`` with arguments; give it once it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=os.environ | env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    started = Child(process)
    try:
        while await started.said() != "ready":
            pass
        yield started
    finally:
        await started.end()
