"""A disk that loses power: what was never synced is gone, as after pulling the plug (Linux, root).

An ext4 in a file, whose shutdown call stops the journal and drops every dirty page. It stands for
a disk that tells the truth about its cache.
"""

import ctypes
import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.machine import need, need_root
from faults.row import NotRun

_SIZE = 16 << 30  # what the streams reserve; the file takes only what is written
_SHUTDOWN, _WITHOUT_LOG_FLUSH = 0x8004587D, 2
_UNMOUNT_TRIES, _UNMOUNT_PAUSE_S = 50, 0.1


class PoweredDisk:
    """A mounted disk whose power can fail."""

    def __init__(self, folder: Path, image: Path) -> None:
        self._folder, self._image = folder, image

    def sync(self) -> None:
        """Write everything down, as the system does by itself every half minute."""
        opened = os.open(self._folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None).syncfs(opened):
                raise OSError(f"cannot sync {self._folder}")
        finally:
            os.close(opened)

    def cut(self) -> None:
        """Cut the power. Whoever has files open on it must be killed before `restore`."""
        opened = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, _SHUTDOWN, struct.pack("I", _WITHOUT_LOG_FLUSH))
        finally:
            os.close(opened)

    def restore(self) -> None:
        """Bring the power back: what was on the disk is there again."""
        _unmount(self._folder)
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self._folder))


@contextmanager
def powered_disk(folder: Path) -> Iterator[PoweredDisk]:
    """Mount a new disk on a folder until the block is left.

    Args:
        folder: Where; it must be empty or absent.

    Raises:
        NotRun: This machine has no root, no ext4 or no loop devices for us.
    """
    need_root()
    make = need("mkfs.ext4", "e2fsprogs")
    folder.mkdir(parents=True, exist_ok=True)
    image = folder.with_name(f"{folder.name}.img")
    with image.open("wb") as file:
        file.truncate(_SIZE)
    disk = PoweredDisk(folder, image)
    try:
        _run(make, "-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(image))
        disk.restore()
    except OSError as error:
        image.unlink()
        raise NotRun(f"cannot mount an ext4 in a file: {error}") from None
    try:
        yield disk
    finally:
        _unmount(folder)  # which gives the loop device back too
        image.unlink()


def _unmount(folder: Path) -> None:
    """Unmount, once the last killed process has let go."""
    for _ in range(_UNMOUNT_TRIES):
        if not folder.is_mount():
            return
        if subprocess.run(["umount", folder], check=False, capture_output=True).returncode:
            time.sleep(_UNMOUNT_PAUSE_S)
    _run("umount", "--lazy", str(folder))
    raise OSError(f"{folder} stayed busy")


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
