"""What a test needs from the machine it runs on."""

import os
import shutil
from typing import Never

import pytest

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def need(program: str, how: str) -> str:
    """Return where a program is; where it is not installed, skip by name and say how to get it.

    Args:
        program: Its name on the PATH.
        how: The command that installs it.
    """
    return shutil.which(program, path=_PATH) or miss(f"no {program} here: {how}")


def miss(what: str) -> Never:
    """Skip for want of something; fail where ``LIANDONG_STRICT=1`` promises that all is there."""
    if os.environ.get("LIANDONG_STRICT") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)
