"""A folder into which another system drops files: each is taken whole, once, and its outcome shows.

    inbox/       the other system writes here
    work/        being read; what is here at the start was being read when we stopped
    done/        every document of it is stored, or is a dead letter
    rejected/    not readable as a whole; the reason stands beside it in NAME.reason.txt

A file is whole when its name does not say otherwise (`UNFINISHED`), its size and time of change
have stood still for ``settled_s`` seconds, and nobody has it open for writing, where the system can
tell. A writer that writes under such a name, or in another folder of the same file system, and then
renames is safe at any speed; one that writes in place and pauses longer than ``settled_s`` with the
file closed is not. Links, folders and devices are left alone. The folder is looked at again and
again: file systems on a network announce no changes, and a lost announcement would lose a file.

Every move is one rename, made durable before the next step. A crash leaves the file in one of the
folders; what is in work/ is read again from its first byte, and the journal knows which of its
documents are done.
"""

import asyncio
import errno
import fcntl
import os
import signal
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Self

from liandong.adapters.sdk.document import Document
from liandong.contracts import ConfigurationError, LiandongError, Recovery

UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
"""How names of files end that are still being written; those that begin with a dot are too."""
_MAX_NAME = 180  # bytes: room for the stamp and the reason's suffix in the system's 255
_F_SETSIG = 10  # Linux; Python does not name it


class DroppedFile:
    """A file that was dropped, and which of its documents have no outcome yet.

    Attributes:
        path: Where it is now.
        name: What it was called when it was dropped.
    """

    def __init__(self, path: Path, name: str, folder: "DropFolder | None" = None) -> None:
        """Take it.

        Args:
            path: Where it is.
            name: What it was called.
            folder: Where its outcome is to show; without one it stays where it is.
        """
        self.path = path
        self.name = name.encode(errors="replace").decode()
        self._folder = folder
        self._open: set[str] = set()
        self._read = False
        self._again = False
        self._error: LiandongError | None = None

    def offer(self, identity: str) -> None:
        """Note that a document of it waits for its outcome."""
        self._open.add(identity)

    def all_offered(self) -> None:
        """Note that there are no more documents in it."""
        self._read = True
        self._settle()

    def accepted(self, identity: str) -> None:
        """Note that a document is safe."""
        self._open.discard(identity)
        self._settle()

    def refused(self, identity: str, error: LiandongError, *, whole: bool) -> None:
        """Note that a document is not taken.

        Args:
            identity: The document.
            error: Why. To be tried again, the whole file is offered once more.
            whole: The document is the whole file: it goes to rejected/.
        """
        self._again |= error.recovery is Recovery.RETRY
        self._error = error if whole else self._error
        self.accepted(identity)

    def _settle(self) -> None:
        if self._folder and self._read and not self._open:
            self._folder.settle(self, self._error, again=self._again)
            self._folder = None


@dataclass(frozen=True)
class FileDocument(Document):
    """A document out of a dropped file: the whole of it, or a row."""

    file: DroppedFile | None = None
    whole: bool = False

    async def accept(self) -> None:
        """Note it; after the last one the file goes to done/."""
        if self.file:
            self.file.accepted(self.identity)

    async def refuse(self, error: LiandongError) -> None:
        """Note it; a whole file goes to rejected/."""
        if self.file:
            self.file.refused(self.identity, error, whole=self.whole)


class DropFolder:
    """The four folders under one root. One process at a time takes files from it."""

    def __init__(self, root: Path, *, settled_s: float = 1.0, poll_s: float = 0.25) -> None:
        """Make the folders.

        Args:
            root: Their parent, made where it is missing.
            settled_s: How long a file must stand still, in seconds.
            poll_s: How often to look, in seconds.

        Raises:
            ConfigurationError: Another process takes files from it.
        """
        self.settled_s, self.poll_s = settled_s, poll_s
        self.inbox, self.work = root / "inbox", root / "work"
        self.done, self.rejected = root / "done", root / "rejected"
        for folder in (self.inbox, self.work, self.done, self.rejected):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = (root / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ConfigurationError(
                f"another process takes files from {root}; stop it or name another folder"
            ) from None
        self._taken: set[Path] = set()
        self._seen: dict[Path, tuple[tuple[int, int, int], float]] = {}

    def __enter__(self) -> Self:
        """Return itself; leaving lets another process have it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let another process have it."""
        self._lock.close()

    async def files(self) -> AsyncGenerator[DroppedFile]:
        """Yield files as they are whole, oldest first, for ever: first what work/ still holds."""
        while True:
            for path in self._whole(self.work):
                if path not in self._taken:
                    yield self._take(path)
            for path in self._whole(self.inbox):
                claimed = self._claim(path)
                # Whoever opened it meanwhile may go on writing: then it waits in work/.
                if claimed and not is_being_written(claimed):
                    yield self._take(claimed)
            await asyncio.sleep(self.poll_s)

    def _take(self, path: Path) -> DroppedFile:
        self._taken.add(path)
        return DroppedFile(path, path.name.partition("-")[2] or path.name, self)

    def settle(self, file: DroppedFile, error: LiandongError | None, *, again: bool) -> None:
        """Move a file out of work/, or leave it there to be offered again."""
        if not again:
            target = self.rejected if error else self.done
            if error:
                _write(
                    target / f"{file.path.name}.reason.txt", f"{error.reason} {error}\n".encode()
                )
            file.path = _move(file.path, target / file.path.name)
        self._taken.discard(self.work / file.path.name)

    def _claim(self, path: Path) -> Path | None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        name = os.fsdecode(os.fsencode(path.name)[-_MAX_NAME:])
        try:
            return _move(path, self.work / f"{stamp}-{name}")
        except FileNotFoundError:
            return None  # its owner took it back

    def _whole(self, folder: Path) -> Iterator[Path]:
        """Yield the files of a folder that are whole, oldest first."""
        now = monotonic()
        found = {path: state for path in list_files(folder) if (state := _state(path))}
        for path in [p for p in self._seen if p.parent == folder and p not in found]:
            del self._seen[path]
        for path, state in sorted(found.items(), key=lambda item: item[1]):
            before, since = self._seen.get(path, (None, now))
            self._seen[path] = (state, since if state == before else now)
            settled = state == before and now - since >= self.settled_s
            # Reading the one before it may have taken long: it must still be as it was then.
            unchanged = (settled or folder == self.work) and _state(path) == state
            if unchanged and not is_being_written(path):
                yield path


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return when a file changed (ns), its size and which file it is; None if it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def given_files(paths: Iterable[Path]) -> Iterator[DroppedFile]:
    """Yield files to be read where they are, once; of a folder the files in it, by name.

    Raises:
        ConfigurationError: One is not there, may not be read, or is still being written.
    """
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"no such file: {path}")
        for file in list_files(path) if path.is_dir() else [path]:
            if not os.access(file, os.R_OK):
                raise ConfigurationError(f"{file} may not be read by this user")
            if is_being_written(file):
                raise ConfigurationError(f"{file} is still being written; try again when it is not")
            yield DroppedFile(file, file.name)


def list_files(folder: Path) -> list[Path]:
    """Return the plain files of a folder whose names do not say that they are unfinished, by name.

    No links: one could point at anything.
    """
    with os.scandir(folder) as entries:
        plain = [Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False)]
    return sorted(p for p in plain if not p.name.startswith(".") and not _is_unfinished(p))


def _is_unfinished(path: Path) -> bool:
    return path.name.lower().endswith(UNFINISHED)


def is_being_written(path: Path) -> bool:
    """Say whether another process has it open for writing, where the system can tell.

    Linux grants a read lease on a file only while nobody has it open for writing. Over a network,
    or on another's file, it grants none: then this says no.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        with path.open("rb") as file:
            # Whoever opens it meanwhile makes the system signal us, by default deadly.
            fcntl.fcntl(file, _F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def drop(folder: Path, name: str, body: bytes) -> Path:
    """Put a file into a folder, made where it is missing: a reader sees all of it or nothing.

    It is durable when this returns. A file of that name is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    _write(path, body)
    return path


def _write(path: Path, body: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.tmp")
    with unfinished.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    _move(unfinished, path)


def _move(source: Path, target: Path) -> Path:
    source.rename(target)
    for folder in {source.parent, target.parent}:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return target
