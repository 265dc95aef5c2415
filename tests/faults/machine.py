"""What the machine must have for a row; where it does not, the row is reported as not run."""

import os
import shutil

from faults.row import NotRun

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def need(program: str, package: str = "") -> str:
    """Return where a program is.

    Args:
        program: Its name on the PATH.
        package: The Debian package that brings it, where that has another name.

    Raises:
        NotRun: It is not installed.
    """
    if found := shutil.which(program, path=_PATH):
        return found
    raise NotRun(f"no {program} here: apt-get install {package or program}")


def need_root() -> None:
    """Pass where we are root.

    Raises:
        NotRun: We are not.
    """
    if os.geteuid():
        raise NotRun("this row needs root")
