"""One made-up event of every contract: what it looks like on the wire, and a start for tests.

The city of Linzhou (region ``lz``, area ``cn.99.01``), its people and its fires do not exist.
"""

import json
from importlib.resources import files
from typing import Any

from liandong.contracts import Event


def example(type_name: str) -> dict[str, Any]:
    """Return the example document of a contract, such as ``incident.reported.v1``.

    Raises:
        FileNotFoundError: The contract has none.
    """
    return json.loads((files(__name__) / f"{type_name}.json").read_bytes())


def examples() -> dict[str, dict[str, Any]]:
    """Return the example document of every contract, by type name."""
    return {name: example(name) for name in sorted(Event.known)}
