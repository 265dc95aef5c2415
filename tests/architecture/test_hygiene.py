"""What must not be in the project: addresses of registries, paths of somebody's machine."""

import re
import tomllib
from itertools import chain

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import ROOT, files, name_of

TEXT = [f for f in files() if f.suffix not in {".png", ".ico"} and f.name != "LICENSE"]
PINS = [line for line in (ROOT / "constraints.txt").read_text("ascii").splitlines() if line]
DATA = "../shared/data"  # the real messages, which LIANDONG_DATA may put elsewhere

_PIN = re.compile(r"[a-z0-9-]+==[0-9][\w.]*")
_HOST = re.compile(r"https?://([\w.-]+)")
_REGISTRY = re.compile(r"(^|\.)(registry|pypi|pythonhosted|npmjs|unpkg|jsdelivr|docker)\b|mirror")
_HOME = re.compile(r"/(?:home|Users|root|work)/\w+")
_OUTSIDE = re.compile(r"\.\./shared\S*")


def offences(pattern: re.Pattern[str], allowed: str) -> dict[str, list[str]]:
    """Return what matches in each file, apart from what begins as allowed."""
    found = {f: pattern.findall(f.read_text("utf-8", errors="replace")) for f in TEXT}
    bad = {
        f: [text for text in texts if not text.startswith(allowed)] for f, texts in found.items()
    }
    return {name_of(f): texts for f, texts in bad.items() if texts}


def test_no_file_names_a_registry() -> None:
    """Where packages come from is the machine's own setting."""
    hosts = {f: _HOST.findall(f.read_text("utf-8", errors="replace")) for f in TEXT}
    assert {name_of(f): h for f, h in hosts.items() if any(map(_REGISTRY.search, h))} == {}


def test_no_file_names_a_path_of_one_machine() -> None:
    """A clone lies anywhere."""
    assert offences(_HOME, allowed="nothing") == {}


def test_only_the_real_messages_lie_outside() -> None:
    """And those may be put elsewhere."""
    assert offences(_OUTSIDE, allowed=DATA) == {}


def test_a_pin_is_a_name_and_a_version() -> None:
    """No address, no local path."""
    assert [pin for pin in PINS if not _PIN.fullmatch(pin)] == []


def test_every_dependency_has_bounds_and_a_pin() -> None:
    """What CI has run is what others get."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [Requirement(text) for text in chain(project["dependencies"], *extras)]
    foreign = [one for one in wanted if one.name != "liandong"]
    pinned = {pin.partition("==")[0] for pin in PINS}
    assert [one.name for one in foreign if canonicalize_name(one.name) not in pinned] == []
    assert [one.name for one in foreign if not one.specifier] == []


def test_there_is_no_lock_file() -> None:
    """Lock files hold addresses."""
    assert files("*.lock", "package-lock.json", "**/package-lock.json", "**/pdm.lock") == []
