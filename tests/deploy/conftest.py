"""What the tests of deploy/ share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the helper beside the tests

from installation import install


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Install the brokers' configuration; return its folder."""
    return install(tmp_path)
