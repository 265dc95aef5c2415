"""What the entries of registers have: one offer for each thing, with how much of it is free."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from liandong.contracts import (
    AvailabilityAsked,
    BedCapacity,
    CapacityStatus,
    Code,
    Envelope,
    Event,
    FacilityStatus,
    Location,
    OperatingStatus,
    PrimaryUnitStatus,
    RegisterKind,
    RegisterResource,
    SecondaryUnitStatus,
    ShelterState,
    ShelterStatus,
    SupplyStatus,
    UnitPosition,
    UnitStatus,
)

POSITION_HOLDS = timedelta(hours=1)
"""How long a unit is looked for where it was."""
_TAKES_NOBODY = frozenset({OperatingStatus.CLOSED, OperatingStatus.EVACUATING})
_CANNOT_BE_SENT = frozenset(
    {
        SecondaryUnitStatus.OUT_OF_SERVICE,
        SecondaryUnitStatus.OFF_DUTY,
        SecondaryUnitStatus.UNMANNED,
        SecondaryUnitStatus.EQUIPMENT_ISSUES,
    }
)
_TAKES_PEOPLE = frozenset({ShelterState.OPEN, ShelterState.STANDBY})


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a register.

    Attributes:
        said: Its latest status.
        position: The latest position of a unit, where whoever asks has one; it is not kept.
    """

    said: Envelope
    position: Envelope | None = None


class Offer(NamedTuple):
    """One thing that an entry has, free or not.

    Attributes:
        owner: The agency whose it is.
        entry_id: The entry's name in its register.
        what: Tells it from what else the entry has.
        quantity: How much of it is free; 0 where nothing is, or where it is not what is asked for.
        true_at: When this was true.
        location: Where it is.
        said: The status that tells of it.
        beds: The beds that are meant, where it is beds.
    """

    owner: str
    entry_id: str
    what: str
    quantity: float
    true_at: datetime
    location: Location | None
    said: Envelope
    beds: BedCapacity | None = None


def offers(question: AvailabilityAsked, entries: Iterable[Entry], now: datetime) -> list[Offer]:
    """Return what entries have of the kind that is asked for, the latest word on each thing.

    That is taken before it is looked at whether it fits: a later word makes an earlier one void.
    """
    wanted = question.wanted
    if wanted.kind not in _KINDS:
        return []  # a register of a later version
    contract, of_entry = _KINDS[wanted.kind]
    latest: dict[tuple[str, str, str], Offer] = {}
    for entry in entries:
        if isinstance(entry.said.data, contract):
            for offer in of_entry(entry.said.data, wanted, entry, now):
                thing = offer[:3]
                if thing not in latest or latest[thing].true_at <= offer.true_at:
                    latest[thing] = offer
    return list(latest.values())


def described(offer: Offer, wanted: RegisterResource) -> tuple[str | None, RegisterResource]:
    """Return what people call the entry of an offer, and what it has."""
    status = offer.said.data
    match status:
        case FacilityStatus(beds=beds):
            meant = offer.beds or beds[0]
            fields: dict[str, Any] = {"bed_type": meant.bed_type}
            name, local = status.facility_name, next(iter(meant.codes), None)
        case ShelterStatus():
            fields = {"shelter_service": wanted.shelter_service}
            name, local = status.shelter_name, status.local_type
        case SupplyStatus():
            fields = {"supply_category": status.category, "item_name": status.item_name}
            name, local = status.depot_name, status.local_type
        case UnitStatus():
            fields = {"resource_type": status.resource_type}
            name, local = status.unit_name, status.local_type
        case _:
            raise TypeError(f"no register of {status.type_name()}")
    return name, RegisterResource(kind=wanted.kind, local_type=local, **fields)


@lru_cache(maxsize=4_096)  # depots of a region have much the same things
def plain(text: str) -> str:
    """Return a text as it is compared: without regard to case, width or blanks at its ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _beds(
    status: FacilityStatus, wanted: RegisterResource, entry: Entry, now: datetime
) -> Iterator[Offer]:
    del now
    source = str(entry.said.source)
    open_ = status.facility_status not in _TAKES_NOBODY
    for beds in status.beds:
        if wanted.bed_type in (None, beds.bed_type) and _coded(wanted, beds.codes):
            free = open_ and beds.status is not CapacityStatus.NOT_AVAILABLE
            yield Offer(
                source,
                status.facility_id,
                beds.bed_type or beds.codes[0].local,
                (beds.available_count or 0) if free else 0,
                status.last_update,
                status.location,
                entry.said,
                beds,
            )


def _places(
    status: ShelterStatus, wanted: RegisterResource, entry: Entry, now: datetime
) -> Iterator[Offer]:
    del now
    free = (
        status.status in _TAKES_PEOPLE
        and wanted.shelter_service in (None, *status.services)
        and _coded(wanted, (status.local_type,))
    )
    yield Offer(
        status.operated_by or str(entry.said.source),
        status.shelter_id,
        "",
        (status.available_count or 0) if free else 0,
        status.last_update,
        status.location,
        entry.said,
    )


def _stocks(
    status: SupplyStatus, wanted: RegisterResource, entry: Entry, now: datetime
) -> Iterator[Offer]:
    fits = (
        wanted.supply_category in (None, status.category)
        and _coded(wanted, (status.local_type,))
        and (wanted.item_name is None or plain(wanted.item_name) in plain(status.item_name))
    )
    # Counted before some of it went off: nobody knows how much can still be used.
    spoilt = status.expires is not None and status.last_update < status.expires <= now
    yield Offer(
        status.owned_by or str(entry.said.source),
        status.stock_id,
        "",
        status.available_quantity if fits and not spoilt else 0,
        status.last_update,
        status.location,
        entry.said,
    )


def _units(
    status: UnitStatus, wanted: RegisterResource, entry: Entry, now: datetime
) -> Iterator[Offer]:
    fits = wanted.resource_type in (None, status.resource_type)
    free = fits and _coded(wanted, (status.local_type,)) and _may_be_sent(status)
    yield Offer(
        status.home_agency or str(entry.said.source),
        status.unit_id,
        "",
        int(free),
        entry.said.time,
        _where(status, entry, now),
        entry.said,
    )


def _may_be_sent(status: UnitStatus) -> bool:
    doing = {status.secondary_status, *status.qualified_by}
    free = status.primary_status is PrimaryUnitStatus.AVAILABLE and not status.lent_to
    return free and not doing & _CANNOT_BE_SENT


def _where(status: UnitStatus, entry: Entry, now: datetime) -> Location | None:
    """Return where a unit is: the latest word on that, unless it is stale."""
    moved, said = entry.position, entry.said
    if moved and isinstance(position := moved.data, UnitPosition):
        holds_until = position.stale or moved.time + POSITION_HOLDS
        if holds_until > now and (status.location is None or moved.time >= said.time):
            return Location(point=position.point, uncertainty_m=position.accuracy_m)
    return status.location


def _coded(wanted: RegisterResource, codes: Iterable[Code | None]) -> bool:
    """Say whether one of the codes is the one that is asked for, where one is."""
    if (asked := wanted.local_type) is None:
        return True
    return any(c and (c.local, c.system) == (asked.local, asked.system) for c in codes)


_OfEntry = Callable[[Any, RegisterResource, Entry, datetime], Iterator[Offer]]
_KINDS: Mapping[RegisterKind, tuple[type[Event], _OfEntry]] = MappingProxyType(
    {
        RegisterKind.BEDS: (FacilityStatus, _beds),
        RegisterKind.SHELTER_PLACES: (ShelterStatus, _places),
        RegisterKind.SUPPLIES: (SupplyStatus, _stocks),
        RegisterKind.UNITS: (UnitStatus, _units),
    }
)
