"""The arrows between packages, and the names they install under."""

import subprocess
import sys
from pathlib import Path

from project import ROOT


def test_imports_follow_the_arrows() -> None:
    """No package imports what stands above or beside it."""
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_imports_work_beside_a_folder_called_contracts(tmp_path: Path) -> None:
    """An integrator's own ``contracts``, ``bus`` and ``adapters`` shadow nothing of ours."""
    for name in ("contracts", "bus", "adapters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('shadowed')\n")
    program = (
        "from liandong.bus import connect\n"
        "from liandong.contracts import IncidentReported\n"
        "from liandong.adapters.sdk import Source\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
