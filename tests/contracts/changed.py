"""Examples with something changed: the start of every test of a rule."""

import copy
from typing import Any

from liandong.contracts.examples import example


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    """Return the example document with fields of its data changed.

    A name such as ``lines__0__name`` reaches inside, and a value of None takes a field away.
    """
    document = copy.deepcopy(example(type_name))
    document.pop("subject")
    for name, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in name.split("__")]
        part = document["data"]
        for step in way:
            part = part[step]
        part[last] = value
    return document
