"""A contract by what people type."""

from difflib import get_close_matches

from liandong.contracts import Event
from liandong.contracts.catalogue import contracts
from liandong.ops.errors import CommandError, Exit


def contract_named(name: str) -> type[Event]:
    """Return the contract of a type name, or the newest version of an event's name.

    Raises:
        CommandError: There is none; the message names those that are spelt like it.
    """
    known = contracts()
    if name in known:
        return known[name]
    versions = [event for event in known.values() if event.event == name]
    if versions:
        return max(versions, key=lambda event: event.version)
    names = dict.fromkeys((*known, *(event.event for event in known.values())))
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "liandong contracts list has them all"
    raise CommandError(f"no contract is called {name!r}: {hint}", Exit.NOT_FOUND)
