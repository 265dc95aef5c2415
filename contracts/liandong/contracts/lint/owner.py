"""Every contract has an owner: the role that says it, and is asked before it changes."""

from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event, Role


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield a contract without an owner role."""
    if contract.owner not in set(Role):
        yield f"its owner {contract.owner!r} is no Role"
