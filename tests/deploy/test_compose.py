"""The Compose file: what stands there is known, and says what it should.

Docker does not run here: names are held against those of the Compose specification, as far as they
are used.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from installation import DEPLOY

from liandong.bus import BusSettings

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NODES = ("node1", "node2", "node3")
SERVICE_KEYS = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "env_file",
    "environment",
    "healthcheck",
    "hostname",
    "image",
    "networks",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "stop_signal",
    "tmpfs",
    "ulimits",
    "volumes",
}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_only_what_compose_knows(name: str) -> None:
    """A misspelt key would be refused there, or do nothing."""
    assert set(SERVICES[name]) - SERVICE_KEYS == set()
    assert set(SERVICES[name].get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_write_to_its_volumes_only(name: str) -> None:
    """And has no rights of root."""
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", NODES)
def test_each_broker_is_where_the_routes_lead_and_keeps_its_data(name: str) -> None:
    """With the configuration of real machines, a volume of its own, and this machine's clients."""
    service = SERVICES[name]
    config = DEPLOY / "nats" / Path(service["command"][1]).name
    alias = service["networks"]["default"]["aliases"][0]
    assert f"tls://{alias}:6222" in config.read_text("utf-8")
    assert f"{service['environment']['NODE']}:/var/lib/liandong-nats" in service["volumes"]
    assert service["environment"]["NODE"] in COMPOSE["volumes"]
    assert service["ports"][0].startswith("127.0.0.1:")


@pytest.mark.parametrize("name", ["streams", "site"])
def test_the_programs_go_to_all_nodes(name: str) -> None:
    """By settings that exist."""
    said = SERVICES[name]["environment"]
    servers = said["LIANDONG_SERVERS"].split(",")
    known = {f"LIANDONG_{field.upper()}" for field in BusSettings.model_fields}
    assert servers == [f"tls://{node}.bus.example:4222" for node in NODES]
    assert set(said) <= known
    assert said["LIANDONG_REPLICAS"] == "3"


def test_the_image_is_made_of_what_is_there() -> None:
    """Each source it copies exists."""
    copied = re.findall(
        r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE
    )
    sources = [name for line in copied for name in line.split()]
    assert [name for name in sources if not (DEPLOY.parent / name).exists()] == []
    assert sources
