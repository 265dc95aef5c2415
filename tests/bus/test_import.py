"""The package is found from anywhere, also beside folders with names like its parts."""

import subprocess
import sys
from pathlib import Path

import pytest

STATEMENTS = "from liandong.bus import connect; from liandong.contracts import Envelope; print(1)"


@pytest.mark.parametrize("beside", [(), ("contracts", "bus", "adapters")])
def test_it_is_imported_from_any_directory(tmp_path: Path, beside: tuple[str, ...]) -> None:
    """An integrator's own folder called ``contracts`` shadows nothing."""
    for name in beside:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    done = subprocess.run(
        [sys.executable, "-c", STATEMENTS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_a_plain_script_finds_it_too(tmp_path: Path) -> None:
    """A script puts its own folder first on the path, where the shadows would be."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    script = tmp_path / "script.py"
    script.write_text(STATEMENTS)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")
