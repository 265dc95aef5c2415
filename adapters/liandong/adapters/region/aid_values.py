"""Times, amounts and places between EDXL-RM and the contracts, their spelling kept. Pure."""

import re
from datetime import datetime, tzinfo
from typing import Any

from liandong.adapters.codecs import edxl_rm as rm
from liandong.contracts import AidPlace, Amount, ListedValue, Point

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?([Ee][+-]?[0-9]{1,3})?")
_LARGEST = 1_000_000_000  # `Quantity`
_LONGEST_ADDRESS = 500
Data = dict[str, Any]


class Moments:
    """How a document's times are read: the zone of those without offset, and the defects met."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.defects: list[str] = []

    def data(self, name: str, text: str | None) -> Data:
        """Return a time as the contracts' two fields: ``name`` and ``name_as_written``."""
        if text is None:
            return {}
        moment = rm.moment(text)
        if moment.tzinfo is None:
            self.defects.append(f"naive-time: {name}: {text}"[:100])
            moment = moment.replace(tzinfo=self.zone)
        return {name: moment, f"{name}_as_written": text if text != time_text(moment) else None}


def time_text(moment: datetime) -> str:
    """Return an ``xsd:dateTime``, UTC as ``Z``, with as many digits as the moment has."""
    return moment.isoformat().removesuffix("+00:00") + ("" if moment.utcoffset() else "Z")


def written(moment: datetime | None, as_written: str | None) -> str | None:
    """Return a time as the document wrote it, or as the bus writes it."""
    return as_written or (time_text(moment) if moment else None)


def amount_data(quantity: rm.Quantity | None) -> Data | None:
    """Return what `Amount` says of a quantity."""
    if quantity is None:
        return None
    if (measured := quantity.measured) is None:
        number = _number(quantity.texts[0]) if len(quantity.texts) == 1 else None
        return {"amount": number, "texts": quantity.texts}
    amount = _number(measured.amount)
    return {
        "amount": amount,
        "amount_as_written": measured.amount if str(amount) != measured.amount else None,
        "unit": listed_data(measured.unit),
    }


def _number(text: str) -> int | float | None:
    """Return a number that a contract can hold, whole where it was written so."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text) if text.isdigit() else float(text)
    return number if 0 <= number <= _LARGEST else None


def quantity_of(amount: Amount | None) -> rm.Quantity | None:
    """Return an amount as EDXL-RM says it; None where it says nothing."""
    if amount is None:
        return None
    if amount.texts:
        return rm.Quantity(texts=amount.texts)
    number = amount.amount_as_written or (None if amount.amount is None else str(amount.amount))
    if number is None:
        return None
    return rm.Quantity(measured=rm.Measured(amount=number, unit=value_list(amount.unit)))


def listed_data(values: rm.ValueList | None) -> Data | None:
    """Return what `ListedValue` says of a value list."""
    return values and {"list_urn": values.urn, "values": values.values}


def value_list(listed: ListedValue | None) -> rm.ValueList | None:
    """Return a listed value as EDXL-RM says it."""
    return listed and rm.ValueList(urn=listed.list_urn, values=listed.values)


def place_data(place: rm.Place | None) -> Data | None:
    """Return what `AidPlace` says of a place: its XML, and what can be read out of it."""
    if place is None:
        return None
    address = rm.address_line(place.address)[:_LONGEST_ADDRESS] if place.address else None
    position = rm.position(place.area) if place.area else None
    return {
        "place": place.description,
        "address": address or None,
        "address_xml": place.address,
        "point": position and {"coordinates": (position[1], position[0])},
        "area_xml": place.area,
    }


def place_of(place: AidPlace | None) -> rm.Place | None:
    """Return a place as EDXL-RM says it; where there is XML, that."""
    if place is None:
        return None
    address = place.address and rm.address_of(place.address)
    return rm.Place(
        description=place.place,
        address=place.address_xml or address,
        area=place.area_xml or _area(place.point),
    )


def _area(point: Point | None) -> str | None:
    if point is None:
        return None
    longitude, latitude = point.coordinates
    return rm.area_of(latitude, longitude)
