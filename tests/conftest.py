"""Shared fixtures: where the real messages are; and how long generated cases may take."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is no failure: what takes too long is pytest-timeout's to say.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real messages, or skip."""
    folder = Path(os.environ.get("LIANDONG_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real messages at {folder}: set LIANDONG_DATA to their folder")
    return folder
