"""The released baseline: what agencies out there rely on. Files are added, never changed.

``released/<type>.r<n>.json`` is the n-th state of a contract that was released, in normal form. A
change that breaks nobody makes the next one; one that breaks somebody makes a new version of the
contract. ``SHA256SUMS`` holds each file's digest (``sha256sum --check`` reads it).
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import liandong.contracts
from liandong.contracts.catalogue import contracts, normal
from liandong.contracts.catalogue.normal import Normal

FOLDER = Path(liandong.contracts.__file__).parent / "released"
SUMS = "SHA256SUMS"
_NAME = re.compile(r"(?P<contract>.+)\.r(?P<revision>[1-9][0-9]*)\.json")


def current() -> dict[str, Normal]:
    """Return every contract's normal form as the code has it."""
    return {name: normal.of_contract(event) for name, event in contracts().items()}


def released(folder: Path = FOLDER) -> dict[str, Normal]:
    """Return the newest released normal form of every contract."""
    newest = _newest(folder)
    return {
        name: normal.loads(_path(folder, name, newest[name]).read_text("utf-8"))
        for name in sorted(newest)
    }


def release(new: Mapping[str, Normal], folder: Path = FOLDER) -> tuple[str, ...]:
    """Add a file for each contract that is not as it was last released; return their names.

    It judges nothing: who calls it has compared before.
    """
    newest, known = _newest(folder), released(folder)
    changed = [name for name, state in sorted(new.items()) if known.get(name) != state]
    folder.mkdir(parents=True, exist_ok=True)
    paths = [_path(folder, name, newest.get(name, 0) + 1) for name in changed]
    for name, path in zip(changed, paths, strict=True):
        path.write_text(normal.dumps(new[name]), "utf-8")
    with (folder / SUMS).open("a", encoding="ascii") as sums:
        sums.writelines(f"{_digest(path)}  {path.name}\n" for path in paths)
    return tuple(path.name for path in paths)


def tampered(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of released files that are not, or no more, what was released."""
    lines = (folder / SUMS).read_text("ascii").splitlines() if folder.is_dir() else []
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}
    there = {path.name: _digest(path) for path in folder.glob("*.json")}
    names = sorted({*recorded, *there})
    return tuple(name for name in names if recorded.get(name) != there.get(name))


def _newest(folder: Path) -> dict[str, int]:
    newest: dict[str, int] = {}
    for path in folder.glob("*.json"):
        if found := _NAME.fullmatch(path.name):
            name, revision = found["contract"], int(found["revision"])
            newest[name] = max(newest.get(name, 0), revision)
    return newest


def _path(folder: Path, name: str, revision: int) -> Path:
    return folder / f"{name}.r{revision}.json"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
