"""A real MQTT broker, and a journal for adapters that are not run by the SDK."""

import socket
import subprocess
import time
from collections.abc import Iterator
from getpass import getuser
from inspect import cleandoc
from pathlib import Path

import pytest

from liandong.adapters.sdk import Journal
from liandong.adapters.sdk.mqtt import MqttSettings
from needs import need

_READY_S = 10.0


class Mosquitto:
    """A mosquitto on a free port of this machine, which keeps its sessions while it is stopped."""

    def __init__(self, program: str, folder: Path) -> None:
        """Write its settings; `start` runs it."""
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._program, self._settings = program, folder / "mosquitto.conf"
        self._rights = folder / "rights"
        self._rights.write_text("topic readwrite #\n")
        self._settings.write_text(
            cleandoc(f"""
            user {getuser()}
            listener {self.port} 127.0.0.1
            allow_anonymous true
            acl_file {self._rights}
            persistence true
            persistence_location {folder}/
            # By default it drops what an absent session is owed beyond 1000 messages.
            max_queued_messages 0
            log_dest none
            """)
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it and wait until it listens."""
        self._process = subprocess.Popen([self._program, "-c", self._settings])
        deadline = time.monotonic() + _READY_S
        while not self._listens():
            assert self._process.poll() is None, "mosquitto ended"
            assert time.monotonic() < deadline, "mosquitto does not listen"
            time.sleep(0.01)

    def stop(self) -> None:
        """End it; it writes its sessions."""
        if self._process:
            self._process.terminate()
            self._process.wait()

    def forbid(self, topic: str) -> None:
        """Let nobody publish on a topic; takes effect at the next start."""
        self._rights.write_text(f"topic readwrite #\ntopic deny {topic}\n")

    def close_to_strangers(self) -> None:
        """Speak TLS only, and only to ``we`` with password ``secret``; at the next start."""
        folder = self._settings.parent
        request = "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2"
        name = "-subj /CN=made-up -addext subjectAltName=IP:127.0.0.1"
        files = ["-keyout", folder / "key.pem", "-out", self.ca_file]
        make = ["openssl", *request.split(), *name.split(), *files]
        subprocess.run(make, check=True, capture_output=True)
        passwords = folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "we", "secret"], check=True)
        self._rights.write_text("user we\ntopic readwrite #\n")
        shut = self._settings.read_text().replace("allow_anonymous true", "allow_anonymous false")
        tls = f"certfile {self.ca_file}\nkeyfile {folder / 'key.pem'}\n"
        self._settings.write_text(f"{shut}\n{tls}password_file {passwords}\n")

    @property
    def ca_file(self) -> Path:
        """The certificate that it shows, which is its own authority."""
        return self._settings.with_name("certificate.pem")

    def settings(self, protocol: str = "3.1.1", **more: object) -> MqttSettings:
        """Return how to reach it."""
        return MqttSettings.model_validate(
            {"host": "127.0.0.1", "port": self.port, "protocol": protocol} | more
        )

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Run a real MQTT broker, or skip."""
    program = need("mosquitto", "apt-get install mosquitto")
    broker = Mosquitto(program, tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Open a journal of this test alone."""
    with Journal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own state folder, and with it its own secret."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "home"))
