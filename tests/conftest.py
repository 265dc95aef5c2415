"""Shared fixtures: where the real messages are; and how long generated cases may take."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is no failure: what takes too long is pytest-timeout's to say. Cases are the same
# in every run, so that no change is blamed for bad luck; `make fuzz` looks for new ones.
settings.register_profile(
    "repeatable", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile("random", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real messages, or skip."""
    folder = Path(os.environ.get("LIANDONG_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real messages at {folder}: set LIANDONG_DATA to their folder")
    return folder
