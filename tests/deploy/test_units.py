"""systemd takes the units, and they leave a service little to harm."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from installation import DEPLOY

UNITS = ("liandong-nats@.service", "liandong@.service")
EXPOSURE_AT_MOST = 20  # of 100, as `systemd-analyze security` counts
ANALYZE = shutil.which("systemd-analyze")
pytestmark = pytest.mark.skipif(not ANALYZE, reason="no systemd here: nothing else knows units")


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a unit of one instance, its programs where this environment has them."""
    text = (DEPLOY / request.param).read_text("utf-8")
    path = tmp_path / request.param.replace("@.", "@bus.")
    path.write_text(text.replace("/opt/liandong/bin", sysconfig.get_path("scripts")), "utf-8")
    return path


def test_systemd_finds_nothing_wrong(unit: Path) -> None:
    """No unknown setting, no program that is not there."""
    done = _analyze("verify", str(unit))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_little_is_left_open(unit: Path) -> None:
    """By systemd's own measure."""
    limit = f"--threshold={EXPOSURE_AT_MOST}"
    done = _analyze("security", "--offline=true", "--no-pager", limit, str(unit))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *arguments], capture_output=True, text=True, check=False)
