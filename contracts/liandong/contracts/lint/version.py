"""Versions are 1, 2, 3 without a gap, and each but the last can be read as the newest."""

from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield a gap, and a version that nobody can bring up to date."""
    versions = {one.version for one in Event.known.values() if one.event == contract.event}
    if versions != set(range(1, max(versions) + 1)):
        yield f"its versions are {sorted(versions)}"
    upcasts = contract.newest is not Event.newest
    if upcasts != (contract.version < max(versions)):
        has = "has" if upcasts else "lacks"
        yield f"version {contract.version} of {max(versions)} {has} an upcast"
