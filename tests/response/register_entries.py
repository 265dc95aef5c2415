"""Made-up entries of registers, round a point in a city that does not exist."""

from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.contracts import (
    Agency,
    AvailabilityAsked,
    BedCapacity,
    Envelope,
    Event,
    FacilityStatus,
    Location,
    Point,
    RegisterResource,
    ShelterStatus,
    SupplyStatus,
    UnitPosition,
    UnitStatus,
)
from liandong.response.register_offers import Entry

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
HERE = Point.at(118.4, 31.9)
KM = 1 / 111.195  # degrees of latitude
MEDICAL = Agency("lz", "medical", "120")
FIRE = Agency("lz", "fire", "119")
CENTRE = Agency("lz", "centre", "desk")
NEIGHBOUR = Agency("qs", "fire", "119")


def ago(minutes: float) -> datetime:
    """Return a moment so many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def north(km: float) -> Location:
    """Return the place so many kilometres north of here."""
    longitude, latitude = HERE.coordinates
    return Location(point=Point.at(longitude, latitude + km * KM))


def said(data: Event, source: Agency = CENTRE, minutes: float = 0, **more: Any) -> Envelope:
    """Return what an agency said, so many minutes ago."""
    fields = {"area": "cn.99.01", "time": ago(minutes)} | more
    return Envelope(source=source, data=data, **fields)


def hospital(name: str, km: float | None, count: int | None = 5, **more: Any) -> Entry:
    """Return a hospital with burn beds, so many kilometres away; None nobody knows where."""
    beds = (BedCapacity(bed_type="Burn", available_count=count, **more.pop("bed", {})),)
    envelope = more.pop("envelope", {})
    where = None if km is None else north(km)
    fields = {"last_update": NOW, "location": where, "beds": beds} | more
    return Entry(said(FacilityStatus(facility_id=name, **fields), MEDICAL, **envelope))


def shelter(name: str, km: float = 1, **more: Any) -> Entry:
    """Return an open shelter for a hundred people."""
    fields = {
        "status": "open",
        "available_count": 100,
        "last_update": NOW,
        "location": north(km),
    } | more
    return Entry(said(ShelterStatus(shelter_id=name, **fields)))


def stock(name: str, count: float = 500, item: str = "Sandbags 50 kg 沙袋", **more: Any) -> Entry:
    """Return a stock of sandbags."""
    envelope = more.pop("envelope", {})
    fields = {"last_update": NOW, "quantity_unit": "piece", "location": north(1)} | more
    status = SupplyStatus(
        stock_id=name,
        item_name=item,
        available_quantity=count,
        stock_quantity=count,
        **fields,
    )
    return Entry(said(status, **envelope))


def engine(name: str, km: float | None = 1, source: Agency = FIRE, **more: Any) -> Entry:
    """Return a fire engine that can be sent."""
    minutes, position = more.pop("minutes", 0), more.pop("position", None)
    fields = {
        "primary_status": "Available",
        "resource_type": "HazMatTeam",
        "location": None if km is None else north(km),
    } | more
    return Entry(said(UnitStatus(unit_id=name, **fields), source, minutes), position)


def position(name: str, km: float, minutes: float = 0, **more: Any) -> Envelope:
    """Return where a fire engine was."""
    point = north(km).point
    return said(UnitPosition(unit_id=name, point=point, **more), FIRE, minutes)


def asked(kind: str, *, near: Point | None = None, km: float | None = None, **more: Any) -> Any:
    """Return a question; what is wanted of its kind, and whom it asks, by name."""
    of_question = {"area", "asked_agencies", "asked_regions", "answer_by", "question_id"}
    rest = {name: value for name, value in more.items() if name in of_question}
    wanted = {name: value for name, value in more.items() if name not in of_question}
    return AvailabilityAsked.model_validate(
        {
            "question_id": "q-1",
            "wanted": RegisterResource(kind=kind, **wanted),
            "near": near,
            "within_m": None if km is None else km * 1000,
            "asked_by": str(CENTRE),
        }
        | rest
    )
