"""One made-up event of every contract: what it looks like on the wire, and a start for tests.

The city of Linzhou (region ``lz``, area ``cn.99.01``), its people and its fires do not exist.
"""

import json
from importlib.resources import files
from typing import Any

_FOLDER = files(__name__)
_SUFFIX = ".json"


def example(type_name: str) -> dict[str, Any]:
    """Return the example document of a contract, such as ``incident.reported.v1``.

    Raises:
        FileNotFoundError: The contract has none.
    """
    return json.loads((_FOLDER / f"{type_name}{_SUFFIX}").read_bytes())


def examples() -> dict[str, dict[str, Any]]:
    """Return the example document of every contract of this package, by type name."""
    paths = sorted(path.name for path in _FOLDER.iterdir())
    names = [path.removesuffix(_SUFFIX) for path in paths if path.endswith(_SUFFIX)]
    return {name: example(name) for name in names}
