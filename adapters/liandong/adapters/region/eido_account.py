"""What became of each component of an EIDO: nothing is left out without a word."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from liandong.adapters.codecs.eido import Component, Eido, Kind
from liandong.adapters.region.eido_places import is_personal

Carried = Mapping[str, tuple[str, ...]]
"""Path of a component -> the contracts whose events carry it."""


class Fate(StrEnum):
    """What became of a component."""

    CARRIED = "carried"  # events say what it says
    IN_PART = "in part"  # events name it; what more it says is private or has no contract
    WITHHELD = "withheld"  # it is about private persons: the bus carries none
    AT_HOME = "at home"  # no contract has a place for it


@dataclass(frozen=True)
class Accounted:
    """One component and what became of it. All of it stays in the original, in the journal.

    Attributes:
        contracts: Whose events carry it, sorted.
    """

    kind: Kind
    id: str
    path: str
    fate: Fate
    contracts: tuple[str, ...] = ()


PRIVATE = frozenset(
    {
        Kind.PERSON,
        Kind.ORGANIZATION,
        Kind.VEHICLE,
        Kind.ITEM,
        Kind.CALL,
        Kind.CALL_LEG,
        Kind.CALLBACK,
        Kind.UPDATED_CALLBACK,
        Kind.AGENT,
        Kind.ADDITIONAL_DATA,
    }
)
"""Kinds that are about private persons, or about one person at work."""
_NAMED_ONLY = frozenset({Kind.CALL, Kind.DISPATCH})


def is_private(eido: Eido, component: Component) -> bool:
    """Say whether a component is about private persons: of itself, or because only such link to it.

    A note that only a person or a call links to is about that person or call.
    """
    if component.kind in PRIVATE or (component.kind is Kind.LOCATION and is_personal(component)):
        return True
    owners = eido.linking(component)
    return bool(owners) and all(o.kind in PRIVATE or _is_aside(eido, o) for o in owners)


def _is_aside(eido: Eido, note: Component) -> bool:
    """Say whether it is a note that only private components link to."""
    owners = eido.linking(note) if note.kind is Kind.NOTES else ()
    return bool(owners) and all(owner.kind in PRIVATE for owner in owners)


def account(eido: Eido, carried: Carried) -> tuple[Accounted, ...]:
    """Return what became of the EIDO and of each component, in the document's order."""
    return tuple(
        _accounted(eido, component, carried) for component in (eido.root, *eido.components)
    )


def counts(accounts: tuple[Accounted, ...]) -> dict[tuple[Fate, Kind], int]:
    """Return how many components of each kind met which fate."""
    return dict(Counter((one.fate, one.kind) for one in accounts))


def left_out(accounts: tuple[Accounted, ...]) -> tuple[str, ...]:
    """Return a line for each kind that no event carries: ``withheld: 2 locationComponent``."""
    found = sorted(counts(accounts).items())
    return tuple(
        f"{fate}: {count} {kind}"
        for (fate, kind), count in found
        if fate in {Fate.WITHHELD, Fate.AT_HOME}
    )


def _accounted(eido: Eido, component: Component, carried: Carried) -> Accounted:
    contracts = tuple(sorted(set(carried.get(component.path, ()))))
    if contracts:
        fate = Fate.IN_PART if component.kind in _NAMED_ONLY else Fate.CARRIED
    elif is_private(eido, component):
        fate = Fate.WITHHELD
    else:
        fate = Fate.AT_HOME
    return Accounted(component.kind, component.id, component.path, fate, contracts)
