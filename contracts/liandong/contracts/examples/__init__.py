"""One made-up event of every contract: what it looks like on the wire, and a start for tests.

The city of Linzhou (region ``lz``, area ``cn.99.01``), its people and its fires do not exist.
"""

import json
from importlib.resources import files
from typing import Any

from liandong.contracts.errors import ConfigurationError

_FOLDER = files(__name__)
_SUFFIX = ".json"


class NoExample(ConfigurationError, FileNotFoundError):  # noqa: N818  it says what happened
    """Nobody has made an example of it up; the message says where to."""


def example(type_name: str) -> dict[str, Any]:
    """Return the example document of a contract, such as ``incident.reported.v1``.

    Raises:
        NoExample: The contract has none.
    """
    name = f"{type_name}{_SUFFIX}"
    try:
        return json.loads((_FOLDER / name).read_bytes())
    except FileNotFoundError:
        raise NoExample(f"{type_name} has no example: add examples/{name}") from None


def examples() -> dict[str, dict[str, Any]]:
    """Return the example document of every contract of this package, by type name."""
    paths = sorted(path.name for path in _FOLDER.iterdir())
    names = [path.removesuffix(_SUFFIX) for path in paths if path.endswith(_SUFFIX)]
    return {name: example(name) for name in names}
