"""What the tests of the SDK share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liandong.adapters.sdk import Journal

sys.path.insert(0, str(Path(__file__).parent))  # the made-up adapters beside the tests


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own state folder, and with it its own secret."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "home"))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Open a journal of this test alone."""
    with Journal(tmp_path / "journal.db") as opened:
        yield opened
