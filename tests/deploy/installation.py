"""The configuration of deploy/, put where it can be tried: folders and certificates of a test."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from needs import need

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BROKERS = ("bus", "orders", "telemetry")
PASSWORD = "made-up"
HASH = '"$2y$04$QzuHFYud8lIblhSpin4AYODAGr1CC27XDcEP/iJ.LELV5.lpMMJuK"'

_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout"
_AUTHORITY = f"req -x509 {_KEY} ca.key -out ca.pem -days 2 -subj /CN=authority"
_NODE = (
    f"req -x509 {_KEY} node.key -out node.pem -days 2 -subj /CN=node -CA ca.pem -CAkey ca.key "
    "-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
)


def install(folder: Path) -> Path:
    """Install the brokers' configuration with certificates of its own; return where."""
    etc = folder / "etc"
    shutil.copytree(DEPLOY / "nats", etc / "nats")
    for file in (etc / "nats").glob("*.conf"):
        text = file.read_text("utf-8").replace("/etc/liandong", str(etc))
        file.write_text(text.replace("/var/lib/liandong-nats", str(folder / "data")), "utf-8")
    (etc / "tls").mkdir()
    openssl = need("openssl", "apt-get install openssl")
    for command in (_AUTHORITY, _NODE):
        subprocess.run(
            [openssl, *command.split()], cwd=etc / "tls", check=True, capture_output=True
        )
    return etc / "nats"


def example_environment() -> dict[str, str]:
    """Return what nats.env.example sets, read as systemd and a shell read it."""
    text = (DEPLOY / "nats" / "nats.env.example").read_text("utf-8")
    return dict(word.split("=", 1) for word in shlex.split(text, comments=True))


def environment(node: str) -> dict[str, str]:
    """Return the environment of a node whose hashes have been put in."""
    hashes = {name: HASH for name in example_environment() if name.endswith("_HASH")}
    return os.environ | hashes | {"NODE": node}
