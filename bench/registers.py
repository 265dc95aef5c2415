"""How fast a register of 10,000 entries is searched. Made-up entries; no broker.

python bench/registers.py

It prints, for registers of one kind and for a mix of all four, the median of seven searches and
the slowest, in milliseconds of processor time, and ends with 1 where a median is 100 ms or more.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from liandong.contracts import (
    Agency,
    AvailabilityAsked,
    BedCapacity,
    Envelope,
    Event,
    FacilityStatus,
    Location,
    Point,
    RegisterKind,
    RegisterResource,
    ShelterStatus,
    SupplyStatus,
    UnitStatus,
)
from liandong.response.register_match import match
from liandong.response.register_offers import Entry

ENTRIES = 10_000
_ROUNDS = 7
_LIMIT_MS = 100.0
_NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
_HERE = Point.at(118.41, 31.98)
_AGENCY = Agency("lz", "centre", "desk")


def main() -> None:
    """Search each register, and a mix of them."""
    random.seed(1)
    makers = {kind: [make(n) for n in range(ENTRIES)] for kind, make in _MAKERS.items()}
    worst = 0.0
    for kind, entries in makers.items():
        worst = max(worst, _tell(kind.value, kind, entries))
    mix = [one for n, entries in enumerate(makers.values()) for one in entries[n :: len(makers)]]
    for kind in makers:
        worst = max(worst, _tell(f"{kind} of a mix", kind, mix))
    sys.exit(worst >= _LIMIT_MS)


def _tell(name: str, kind: RegisterKind, entries: list[Entry]) -> float:
    question = AvailabilityAsked(
        question_id="q",
        wanted=RegisterResource(kind=kind),
        near=_HERE,
        within_m=40_000,
        asked_by=str(_AGENCY),
    )
    took = [_took(question, entries) for _ in range(_ROUNDS)]
    found = len(match(question, entries, _NOW).holdings)
    print(f"{name:<26} median {median(took):6.1f} ms  slowest {max(took):6.1f} ms  {found} offered")
    return median(took)


def _took(question: AvailabilityAsked, entries: list[Entry]) -> float:
    begun = time.process_time()
    match(question, entries, _NOW)
    return (time.process_time() - begun) * 1000


def _said(data: Event) -> Entry:
    return Entry(Envelope(source=_AGENCY, time=_NOW, area="cn.99.01", data=data))


def _somewhere() -> Location:
    return Location(point=Point.at(118 + random.random(), 31.5 + random.random()))  # noqa: S311  a made-up place


def _hospital(number: int) -> Entry:
    beds = tuple(BedCapacity(bed_type=kind, available_count=3) for kind in ("Burn", "AdultICU"))
    return _said(
        FacilityStatus(facility_id=f"h{number}", beds=beds, last_update=_NOW, location=_somewhere())
    )


def _shelter(number: int) -> Entry:
    return _said(
        ShelterStatus(
            shelter_id=f"s{number}",
            status="open",
            available_count=100,
            last_update=_NOW,
            location=_somewhere(),
        )
    )


def _stock(number: int) -> Entry:
    return _said(
        SupplyStatus(
            stock_id=f"d{number}",
            item_name="Sandbags 50 kg 沙袋",
            available_quantity=500,
            stock_quantity=500,
            quantity_unit="piece",
            last_update=_NOW,
            location=_somewhere(),
        )
    )


def _unit(number: int) -> Entry:
    return _said(
        UnitStatus(unit_id=f"u{number}", primary_status="Available", location=_somewhere())
    )


_MAKERS: dict[RegisterKind, Callable[[int], Entry]] = {
    RegisterKind.BEDS: _hospital,
    RegisterKind.SHELTER_PLACES: _shelter,
    RegisterKind.SUPPLIES: _stock,
    RegisterKind.UNITS: _unit,
}

if __name__ == "__main__":
    main()
