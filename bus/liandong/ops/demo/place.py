"""Where the demo keeps its state: apart from everything else, and empty when a run begins."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from liandong.bus import home
from liandong.bus.server import is_owned
from liandong.ops.errors import CommandError, Exit

_LOCK = "demo.lock"
"""Held by the demo that runs; where it lies, what lies beside it is a demo's."""


@dataclass(frozen=True)
class Place:
    """Where a run keeps its state.

    Attributes:
        folder: The folder, which is ``LIANDONG_HOME`` to everything that the demo starts.
        kept: Whether it stays until the next run; else it is gone with this one.
    """

    folder: Path
    kept: bool


@contextmanager
def own_place() -> Generator[Place]:
    """Give ``LIANDONG_HOME/demo``, or where no ``LIANDONG_HOME`` is set a temporary folder.

    Raises:
        CommandError: The folder is in use, or holds what no demo put there.
    """
    if os.environ.get("LIANDONG_HOME"):
        folder = home().resolve() / "demo"
        with _emptied(folder):
            os.environ["LIANDONG_HOME"] = str(folder)
            yield Place(folder, kept=True)
    else:
        with tempfile.TemporaryDirectory(prefix="liandong-demo-") as name:
            os.environ["LIANDONG_HOME"] = name
            yield Place(Path(name), kept=False)


@contextmanager
def _emptied(folder: Path) -> Generator[None]:
    """Remove what the last run left, and keep other demos out while the block runs."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()) and not (folder / _LOCK).exists():
        raise CommandError(
            f"{folder} holds what no demo put there: move it away, or set another LIANDONG_HOME",
            Exit.CONFLICT,
        )
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(folder) from None
        left = [path for path in folder.iterdir() if path.name != _LOCK]
        # a command that looks at the last run keeps its server up
        if any(path.is_dir() and is_owned(path) for path in left):
            raise _in_use(folder)
        for path in left:
            _remove(path)
        yield


def _in_use(folder: Path) -> CommandError:
    return CommandError(
        f"another demo, or a command that looks at the last one, uses {folder}: "
        "end it first, or set another LIANDONG_HOME",
        Exit.CONFLICT,
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
