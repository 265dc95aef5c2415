"""The values for the chart `nats`: what stands there is known, and the real server takes it.

Helm does not run here: names are held against those that the chart defines since 1.0, as far as
they are used.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from installation import BROKERS, DEPLOY, environment, example_environment

from liandong.bus.server import binary

# A tree of the names that the chart defines; None where anything may follow.
TLS = {"enabled": None, "secretName": None, "merge": None}
CHART: dict[str, Any] = {
    "config": {
        "cluster": {"enabled": None, "replicas": None, "tls": TLS},
        "jetstream": {
            "enabled": None,
            "memoryStore": {"enabled": None},
            "fileStore": {"enabled": None, "maxSize": None, "pvc": {"size": None}},
            "merge": None,
        },
        "nats": {"tls": TLS},
        "monitor": {"enabled": None},
        "merge": None,
    },
    "tlsCA": {"enabled": None, "secretName": None},
    "container": {"image": {"tag": None}, "env": None, "merge": None},
    "podDisruptionBudget": {"enabled": None},
    "podTemplate": {"topologySpreadConstraints": None},
    "promExporter": {"enabled": None},
    "natsBox": {"enabled": None},
}


def values(broker: str) -> dict[str, Any]:
    """Return a broker's values, over those of the bus as Helm lays them."""
    base = yaml.safe_load((DEPLOY / "helm" / "bus.yaml").read_text("utf-8"))
    return _laid_over(base, yaml.safe_load((DEPLOY / "helm" / f"{broker}.yaml").read_text("utf-8")))


@pytest.mark.parametrize("broker", BROKERS)
def test_the_chart_knows_every_value(broker: str) -> None:
    """Helm ignores what it does not know."""
    assert _unknown(values(broker), CHART) == []


@pytest.mark.parametrize("broker", BROKERS)
def test_the_real_server_takes_what_the_chart_will_write(broker: str, tmp_path: Path) -> None:
    """The merged parts, with the chart's marks for what goes in as it is; it adds TLS itself."""
    config = values(broker)["config"]
    store = config["jetstream"]["fileStore"]["maxSize"]
    jetstream = {"store_dir": str(tmp_path), "max_file_store": f"<< {store} >>"}
    written = {**config["merge"], "jetstream": jetstream | config["jetstream"]["merge"]}
    text = re.sub(r'"<< (.*?) >>"', r"\1", json.dumps(written))
    (tmp_path / "nats.conf").write_text(text[1:-1])
    done = subprocess.run(
        [binary(), "-t", "-c", str(tmp_path / "nats.conf")],
        env=environment("nats-0"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is valid" in done.stdout + done.stderr, done.stderr


def test_both_ways_let_in_the_same_users() -> None:
    """Machines and Kubernetes say the same of who may do what."""
    merge = values("bus")["config"]["merge"]
    users = [user for account in merge["accounts"].values() for user in account["users"]]
    hashes = {name for name in example_environment() if name.endswith("_HASH")}
    assert {user["password"].strip("<> $") for user in users} == hashes
    assert hashes <= set(values("bus")["container"]["env"])
    common = (DEPLOY / "nats" / "common.conf").read_text("utf-8")
    rights = users[-1]["permissions"]
    told = [*rights["publish"], rights["subscribe"]]
    assert [subject for subject in told if f'"{subject}"' not in common] == []


def _laid_over(base: Any, own: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(own, dict)):
        return own
    return base | {key: _laid_over(base.get(key), value) for key, value in own.items()}


def _unknown(found: Any, known: Any, path: str = "") -> list[str]:
    if known is None:
        return []
    return [
        name
        for key, value in found.items()
        for name in (
            _unknown(value, known[key], f"{path}.{key}") if key in known else [f"{path}.{key}"]
        )
    ]
