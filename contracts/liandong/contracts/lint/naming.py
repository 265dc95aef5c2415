"""Names are made alike: ``thing.what_happened``, its class in camel case, fields in snake case."""

import re
from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.lint.walk import fields

_EVENT = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*\Z")
_FIELD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield every name of another make."""
    if not _EVENT.match(contract.event):
        yield f"{contract.event} is not thing.what_happened"
    words = re.split(r"[._]", contract.event)
    allowed = "".join(word.capitalize() for word in words)
    if contract.__name__ not in {allowed, f"{allowed}V{contract.version}"}:
        yield f"its class is {contract.__name__}, not {allowed}"
    for field in fields(contract):
        if not _FIELD.match(field.name):
            yield f"{field} is not snake case"
