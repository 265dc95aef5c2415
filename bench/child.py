"""Another process of this bench: started with the same event loop, told by lines, ended with it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_S = 180.0


class Child:
    """A process that says ``ready`` on its standard output and listens on its standard input."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    async def hear(self, word: str) -> None:
        """Return when it says a word; what else it says is its log."""
        while await self._said() != word:
            pass

    async def tell(self, word: str, *, answer: str) -> None:
        """Tell it something; return when it gives the answer."""
        if self._process.stdin is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()
        await self.hear(answer)

    async def end(self) -> None:
        """End it."""
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()

    async def _said(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("started without pipes")
        line = await asyncio.wait_for(self._process.stdout.readline(), _PATIENCE_S)
        if not line:
            raise RuntimeError(f"a process of the bench ended: {await self._process.wait()}")
        return line.decode().strip()


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
        await started.hear("ready")
        yield started
    finally:
        await started.end()
