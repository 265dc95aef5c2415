"""The catalogue of contracts in forms that other languages and tools read.

Everything here follows from the registry (`Event.known`): JSON Schema (`schema`), AsyncAPI
(`asyncapi`), names in two languages (`words`), and the comparison of two states of the catalogue
(`normal`, `compare`). `export` puts the documents together.
"""

from liandong.contracts.base import Event

_PACKAGE = f"{__name__.rpartition('.')[0]}."


def contracts() -> dict[str, type[Event]]:
    """Return every contract of this package by its type name, sorted.

    What an integrator has registered beside them is his own and no part of it.
    """
    known = sorted(Event.known.items())
    return {name: event for name, event in known if event.__module__.startswith(_PACKAGE)}
