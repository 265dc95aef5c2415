"""Which beds are taken: a board that every ADT event changes, and the counts read off it.

Patients become bed counts and nothing else. The board knows a stay by a keyed hash of its visit
number, and beds by their place; what leaves it is how many.
"""

from collections import Counter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from liandong.adapters.codecs.hl7v2 import AdtEvent, BedStatus, Effect, Place, Stay
from liandong.contracts import (
    FHIR_BED_CODES,
    Area,
    BedCapacity,
    BedType,
    CapacityStatus,
    Code,
    Count,
    ShortText,
    Token,
    to_token,
)

_MAX_KINDS = 200  # as many as a facility's status holds
_LYING_CLASSES = {"I", "E", "B"}  # Table 0004: inpatient, emergency, obstetrics


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Ward(_Frozen):
    """A ward of a hospital, and what its beds are for."""

    point_of_care: ShortText
    """PL.1 as the hospital writes it."""
    bed_type: BedType
    """HAVE ``BedType`` of its beds."""
    beds: Count
    """Beds staffed on an ordinary day."""


class Hospital(_Frozen):
    """A hospital, and its wards. Wards that are not named here are counted under their own name."""

    id: Token
    """Its name on the bus."""
    name: ShortText
    """Its name for people."""
    facilities: Annotated[tuple[str, ...], Field(min_length=1)]
    """What it calls itself in PL.4 (facility of a location) and MSH-4 (sending facility)."""
    area: Area | None = None
    """Where it is; None takes the adapter's area."""
    wards: tuple[Ward, ...] = ()
    """Its wards."""


class Bed(_Frozen):
    """A bed that is not simply free."""

    hospital_id: Token
    """The hospital it is in."""
    ward: ShortText
    """Its point of care."""
    status: BedStatus
    """Table 0116, as far as known."""
    visit: str | None = None
    """Keyed hash of the visit of the patient who lies in it; None where nobody is known to."""

    @property
    def taken(self) -> bool:
        """Whether someone lies in it."""
        return self.visit is not None or self.status is BedStatus.OCCUPIED


class BedBoard(_Frozen):
    """Every bed that is not simply free, by its place."""

    beds: dict[str, Bed] = {}


def fold(board: BedBoard, event: AdtEvent, hospitals: tuple[Hospital, ...]) -> BedBoard:
    """Return the board after an event. The same event at once again changes nothing."""
    ledger = _Ledger(dict(board.beds), hospitals)
    match event.effect:
        case Effect.LIES:
            for stay in event.stays:
                ledger.lie(stay)
        case Effect.FOLLOWS:
            for stay in filter(ledger.knows, event.stays):
                ledger.lie(stay)
        case Effect.LEAVES:
            for stay in event.stays:
                ledger.leave(stay, stay.place)
        case Effect.STATUS if event.bed:
            ledger.set_status(*event.bed)
        case _:
            pass
    return BedBoard(beds=ledger.beds)


class _Ledger:
    """A board while it is being changed."""

    def __init__(self, beds: dict[str, Bed], hospitals: tuple[Hospital, ...]) -> None:
        self.beds = beds
        self._ids = {name: h.id for h in hospitals for name in h.facilities}
        self._wards = {(h.id, ward.point_of_care) for h in hospitals for ward in h.wards}

    def knows(self, stay: Stay) -> bool:
        return self._bed_of(stay) is not None

    def lie(self, stay: Stay) -> None:
        """A patient lies at a place: no longer elsewhere, and nobody else in that bed."""
        if stay.place is None:
            return
        self.leave(stay, stay.prior)
        hospital_id, ward, key = self._locate(stay.place, stay.visit)
        in_ward = (hospital_id, ward) in self._wards and stay.patient_class in _LYING_CLASSES
        if stay.place.bed or in_ward:
            self.beds[key] = Bed(
                hospital_id=hospital_id, ward=ward, status=BedStatus.OCCUPIED, visit=stay.visit
            )

    def leave(self, stay: Stay, last_place: Place | None) -> None:
        """A patient is gone from their bed, or from one that is taken by nobody known."""
        key = self._bed_of(stay)
        if key is None and last_place:
            key = self._locate(last_place, stay.visit)[2]
            if key not in self.beds or self.beds[key].visit:
                return
        if key is not None:
            self._empty(key)

    def _empty(self, key: str) -> None:
        if self.beds[key].status is BedStatus.OCCUPIED:
            del self.beds[key]
        else:
            self.beds[key] = self.beds[key].model_copy(update={"visit": None})

    def set_status(self, place: Place, status: BedStatus) -> None:
        """The hospital says what state a bed is in; unoccupied means that nobody lies in it."""
        hospital_id, ward, key = self._locate(place, "")
        before = self.beds.pop(key, None)
        if status is not BedStatus.UNOCCUPIED:
            visit = before.visit if before else None
            self.beds[key] = Bed(hospital_id=hospital_id, ward=ward, status=status, visit=visit)

    def _bed_of(self, stay: Stay) -> str | None:
        return next((key for key, bed in self.beds.items() if bed.visit == stay.visit), None)

    def _locate(self, place: Place, visit: str) -> tuple[str, str, str]:
        """Return hospital, ward and the bed's key; a place without a bed is the patient's own."""
        facility = place.facility or "unknown"
        hospital_id = self._ids.get(facility) or to_token(facility)
        ward = place.point_of_care or place.room or place.bed
        return hospital_id, ward, "^".join((hospital_id, ward, place.room, place.bed or visit))


def capacities(
    board: BedBoard, hospital_id: str, wards: tuple[Ward, ...]
) -> tuple[BedCapacity, ...]:
    """Return how many beds of each kind a hospital has, named kinds first.

    Beds that are closed, being cleaned, isolated or contaminated are neither taken nor available.
    """
    kinds = {ward.point_of_care: ward.bed_type for ward in wards}
    taken, unusable, unnamed = Counter[BedType](), Counter[BedType](), Counter[str]()
    for bed in board.beds.values():
        if bed.hospital_id != hospital_id:
            continue
        if bed.ward in kinds:
            (taken if bed.taken else unusable)[kinds[bed.ward]] += 1
        elif bed.taken:
            unnamed[bed.ward] += 1
    baseline = Counter[BedType]()
    for ward in wards:
        baseline[ward.bed_type] += ward.beds
    named = [_kind(kind, baseline[kind], taken[kind], unusable[kind]) for kind in baseline]
    others = [_ward(ward, hospital_id, unnamed[ward]) for ward in sorted(unnamed)]
    return tuple(named + others)[:_MAX_KINDS]


def _kind(bed_type: BedType, baseline: int, taken: int, unusable: int) -> BedCapacity:
    available = max(0, baseline - taken - unusable)
    local, system = FHIR_BED_CODES[bed_type]
    return BedCapacity(
        bed_type=bed_type,
        codes=(Code(local=local, system=system),),
        status=CapacityStatus.AVAILABLE if available else CapacityStatus.NOT_AVAILABLE,
        baseline_count=baseline,
        available_count=available,
        occupied_count=taken,
    )


def _ward(ward: str, hospital_id: str, taken: int) -> BedCapacity:
    return BedCapacity(codes=(Code(local=ward, system=hospital_id),), occupied_count=taken)
