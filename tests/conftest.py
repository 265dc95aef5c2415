"""Shared fixtures: where the real messages are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real messages, or skip."""
    folder = Path(os.environ.get("LIANDONG_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real messages at {folder}: set LIANDONG_DATA to their folder")
    return folder
