"""What the tests of the command line share."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose state lies in this test's own folder."""
    return os.environ | {"LIANDONG_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}


@pytest.fixture
def cli(environment: dict[str, str]) -> Cli:
    """Return a function that runs a command to its end."""

    def run(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "liandong.ops.cli", *map(str, arguments)],
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    return run


def last_json(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the JSON on the last line of standard output."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
