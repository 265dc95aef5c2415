"""What has changed in the contracts, and whether it breaks somebody."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from liandong.contracts.catalogue import normal, released
from liandong.contracts.catalogue.change import Change
from liandong.contracts.catalogue.compare import compare
from liandong.contracts.catalogue.export import INDEX
from liandong.contracts.catalogue.normal import Normal
from liandong.contracts.catalogue.schema import Dialect
from liandong.ops.errors import CommandError, Exit

State = Mapping[str, Normal]

_MEND = "what breaks somebody needs a new version of the contract, beside the one that is released"


def check(*, release: bool, as_json: bool) -> int:
    """Print what differs from the released baseline; return how the command ends."""
    if names := released.tampered():
        raise CommandError(f"released files were changed, put them back: {', '.join(names)}")
    new = released.current()
    code = _tell(compare(released.released(), new), as_json=as_json)
    if code is Exit.OK and release:
        added = released.release(new)
        typer.echo(f"released {len(added)} contracts: {', '.join(added)}", err=True)
    if code is not Exit.OK:
        typer.echo(_MEND, err=True)
    return code


def diff(old: str, new: str, *, as_json: bool) -> int:
    """Print what differs between two states; return how the command ends."""
    before, after = _state(old), _state(new)
    if Path(old).is_file() and Path(new).is_file():  # v1 and v2 may be compared as well
        (name, (was,)) = next(iter(after)), before.values()
        before = {name: was}
    elif Path(old).is_file() or Path(new).is_file():
        both = before.keys() & after.keys()
        before, after = _only(before, both), _only(after, both)
    return _tell(compare(before, after), as_json=as_json)


def _tell(changes: Sequence[Change], *, as_json: bool) -> Exit:
    if as_json:
        rows = [{**asdict(one), "breaking": one.breaking} for one in changes]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for change in changes:
            typer.echo(f"{'BREAKING' if change.breaking else '        '}  {change}")
    breaking = sum(change.breaking for change in changes)
    typer.echo(f"{len(changes)} changes, {breaking} of them breaking", err=True)
    return Exit.FAILED if breaking else Exit.OK


def _state(name: str) -> State:
    """Return the contracts as a word, an export directory or a schema file has them."""
    if name == "current":
        return released.current()
    if name == "released":
        return released.released()
    path = Path(name)
    if path.is_file():
        schema = normal.of_schema(_read(path))
        return {schema.name: schema}
    if (path / INDEX).is_file():
        return {entry["name"]: _exported(path, entry) for entry in _read(path / INDEX)}
    raise CommandError(
        f"{name!r} is no export directory, no schema file, not 'released', not 'current'",
        Exit.NOT_FOUND,
    )


def _exported(folder: Path, entry: Mapping[str, Any]) -> Normal:
    return normal.of_schema(_read(folder / Dialect.LATEST / f"{entry['name']}.json"), entry)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {path}: {error}", Exit.USAGE) from None


def _only(state: State, names: set[str]) -> State:
    return {name: state[name] for name in names}
