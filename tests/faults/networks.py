"""Two sites with a line between them that can be cut: network namespaces (Linux, root).

Nothing of the machine's own network is touched; what is made here is removed with the block.
"""

import ctypes
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.machine import need, need_root
from faults.row import NotRun

_CLONE_NEWNET = 0x40000000
_CABLE = "line"

CUTS = {
    "silent": ("add rule inet cut in drop", "add rule inet cut out drop"),
    "deaf": ("add rule inet cut in drop",),
    "mute": ("add rule inet cut out drop",),
    "unplugged": (),
}
"""How a line can be cut, and the nftables rules at the near site that do it."""


@dataclass(frozen=True, slots=True)
class Site:
    """One end of the line.

    Attributes:
        name: Its network namespace.
        address: Where it can be reached from the other.
    """

    name: str
    address: str

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be at this site: sockets and processes made by this thread in the block belong to it."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _set_namespace(Path("/run/netns", self.name))
            yield
        finally:
            _libc().setns(home, _CLONE_NEWNET)
            os.close(home)


class Line:
    """The line between two sites.

    Attributes:
        near: The site where it is cut.
        far: The other.
    """

    def __init__(self, near: Site, far: Site) -> None:
        self.near, self.far = near, far

    def cut(self, how: str) -> None:
        """Cut it: ``unplugged``, or in silence both ways, or one way (`CUTS`)."""
        if how == "unplugged":
            _ip("-n", self.near.name, "link", "set", _CABLE, "down")
            return
        hooks = ("in { type filter hook input", "out { type filter hook output")
        chains = (f"add chain inet cut {hook} priority 0; }}" for hook in hooks)
        self._nft("add table inet cut", *chains, *CUTS[how])

    def heal(self) -> None:
        """Mend it, however it was cut; a line that is whole stays so."""
        _ip("-n", self.near.name, "link", "set", _CABLE, "up")
        self._nft("add table inet cut", "delete table inet cut")

    def _nft(self, *commands: str) -> None:
        nft = need("nft", "nftables")
        _ip("netns", "exec", self.near.name, nft, "; ".join(commands))


@contextmanager
def line() -> Iterator[Line]:
    """Make two sites and the line between them, until the block is left.

    Raises:
        NotRun: This machine does not let us.
    """
    need_root()
    need("nft", "nftables")
    mark = secrets.token_hex(3)
    near, far = Site(f"near-{mark}", "10.231.0.1"), Site(f"far-{mark}", "10.231.0.2")
    with ExitStack() as undo:
        try:
            for site in (near, far):
                _ip("netns", "add", site.name)
                undo.callback(_ip, "netns", "delete", site.name)
                _ip("-n", site.name, "link", "set", "lo", "up")
            cable = ("link", "add", _CABLE, "type", "veth", "peer", "name", _CABLE)
            _ip("-n", near.name, *cable, "netns", far.name)
            for site in (near, far):
                _ip("-n", site.name, "address", "add", f"{site.address}/30", "dev", _CABLE)
                _ip("-n", site.name, "link", "set", _CABLE, "up")
            made = Line(near, far)
            made.heal()
        except OSError as error:
            raise NotRun(f"no network namespaces or nftables here: {error}") from None
        yield made


def _ip(*arguments: str) -> None:
    done = subprocess.run(
        [need("ip", "iproute2"), *arguments], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def _set_namespace(path: Path) -> None:
    place = os.open(path, os.O_RDONLY)
    try:
        if _libc().setns(place, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {path}")
    finally:
        os.close(place)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
