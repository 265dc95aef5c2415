"""Disks that fill up and syncs that fail or take long, for one folder or one process (Linux)."""

import asyncio
import os
import subprocess
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

from faults.machine import need, need_root
from faults.row import NotRun

_ROOMY = "16g"  # what the streams reserve; memory is taken only by what is written
_SYNCS = "fsync,fdatasync"
_ATTACH_S = 10.0
_POLL_S = 0.02


class Disk:
    """A disk of its own for a folder; its size can change at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def free(self) -> int:
        """Bytes that are free."""
        found = os.statvfs(self._folder)
        return found.f_bfree * found.f_frsize

    def shrink(self, left: int) -> None:
        """Leave so many bytes free."""
        found = os.statvfs(self._folder)
        self._resize(str((found.f_blocks - found.f_bfree) * found.f_frsize + left))

    def extend(self) -> None:
        """Make room."""
        self._resize(_ROOMY)

    def _resize(self, size: str) -> None:
        _run("mount", "-o", f"remount,size={size}", str(self._folder))


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk on a folder until the block is left, with room at first.

    Raises:
        NotRun: This machine does not let us.
    """
    need_root()
    folder.mkdir(parents=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={_ROOMY}", "tmpfs", str(folder))
    except OSError as error:
        raise NotRun(f"cannot mount a disk: {error}") from None
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


@asynccontextmanager
async def sync_fault(process: Callable[[], int | None], how: str) -> AsyncGenerator[None]:
    """Have every sync of a process, and of what takes its place, go wrong until the block is left.

    Args:
        process: Returns the process.
        how: What happens, as strace names it: ``error=EIO``, ``delay_exit=1000000`` (µs).

    Raises:
        NotRun: This machine does not let us trace it.
    """
    async with AsyncExitStack() as tracers:
        first = await tracers.enter_async_context(_tracer(process(), how))
        following = asyncio.create_task(_follow(first, process, how, tracers))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def _follow(
    tracer: Process, process: Callable[[], int | None], how: str, tracers: AsyncExitStack
) -> None:
    while True:
        await tracer.wait()  # it ends with what it traces
        await asyncio.sleep(_POLL_S)
        with suppress(NotRun):  # the next one does not run yet
            tracer = await tracers.enter_async_context(_tracer(process(), how))


@asynccontextmanager
async def _tracer(pid: int | None, how: str) -> AsyncGenerator[Process]:
    tracer = await asyncio.create_subprocess_exec(
        *(need("strace"), "-f", "-qq", "-o", "/dev/null", "-p", str(pid)),
        *("-e", f"trace={_SYNCS}", "-e", f"inject={_SYNCS}:{how}"),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_ATTACH_S):
            while not all(_traced(pid)):
                if tracer.returncode is not None and tracer.stderr:
                    said = (await tracer.stderr.read()).decode().strip()
                    raise NotRun(f"cannot trace a process here: {said}")
                await asyncio.sleep(_POLL_S)
        yield tracer
    finally:
        if tracer.returncode is None:
            tracer.terminate()  # it lets go of what it traces
        await tracer.wait()


def _traced(pid: int | None) -> Iterator[bool]:
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        with suppress(FileNotFoundError):  # a thread that has just ended
            yield "TracerPid:\t0\n" not in status.read_text()


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
