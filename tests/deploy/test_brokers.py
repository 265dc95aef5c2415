"""The real nats-server takes the brokers' configuration, and starts on nothing less."""

import os
import subprocess
from pathlib import Path

import pytest
from installation import BROKERS, DEPLOY, environment, example_environment

from liandong.bus.server import binary


def _checked(config: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary(), "-t", "-c", str(config)], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("broker", BROKERS)
def test_the_server_takes_the_configuration_as_it_is_shipped(installed: Path, broker: str) -> None:
    """With certificates where it looks for them, and the example's environment."""
    done = _checked(installed / f"{broker}.conf", os.environ | example_environment())
    assert "is valid" in done.stdout + done.stderr, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("name", example_environment())
def test_without_a_name_or_a_hash_it_does_not_start(installed: Path, name: str) -> None:
    """Nobody runs a broker whose passwords were forgotten."""
    without = {key: value for key, value in environment("n1").items() if key != name}
    done = _checked(installed / "bus.conf", without)
    assert f"variable reference for '{name}'" in done.stdout + done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize("file", ["ca.pem", "node.pem", "node.key"])
def test_without_a_certificate_it_does_not_start(installed: Path, file: str) -> None:
    """It never falls back to a line that others can read."""
    (installed.parent / "tls" / file).unlink()
    assert _checked(installed / "bus.conf", environment("n1")).returncode != 0


def test_the_brokers_of_one_machine_share_no_port_and_no_folder() -> None:
    """All three may run on each machine."""
    shipped = [(DEPLOY / "nats" / f"{broker}.conf").read_text("utf-8") for broker in BROKERS]
    own = [
        line.strip()
        for text in shipped
        for line in text.splitlines()
        if line.strip().startswith(("listen:", "http:", "store_dir:", "name:"))
    ]
    assert len(own) == len(set(own)) == 5 * len(BROKERS)
