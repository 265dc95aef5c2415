"""Addresses and areas of EDXL-RM (xAL, GML): what can be said without XML, read out and written."""

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.edxl_rm import ciq
from liandong.adapters.codecs.edxl_rm.fragments import canonical
from liandong.adapters.codecs.edxl_rm.schema import COMMON, STANDARD

_WGS_84 = ("", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG:6.6:4326")
_XAL, _GML = ciq.XAL[1:-1], ciq.GML[1:-1]


def address_line(address: str) -> str:
    """Return an ``Address`` (XML) as one line, its parts in the order in which they stand."""
    root = xml.parse(address.encode(), STANDARD)
    texts = (str(text).strip() for text in root.itertext())
    return ", ".join(filter(None, texts))


def address_of(line: str) -> str:
    """Return an ``Address`` (XML) that says one line."""
    root = etree.Element(f"{{{COMMON}}}Address", nsmap={"rm": COMMON, "xal": _XAL})
    free = etree.SubElement(root, f"{ciq.XAL}FreeTextAddress")
    etree.SubElement(free, f"{ciq.XAL}AddressLine").text = line
    return canonical(root)


def position(area: str) -> tuple[float, float] | None:
    """Return the latitude and longitude of a ``TargetArea`` (XML) that is a point, in degrees.

    None for other shapes, and for coordinates that are not said to be WGS 84.
    """
    root = xml.parse(area.encode(), STANDARD)
    point, place = root.find(f"{ciq.GML}Point"), root.find(f"{ciq.GML}Point/{ciq.GML}pos")
    if point is None or place is None:
        return None
    numbers = (place.text or "").split()
    if (place.get("srsName") or point.get("srsName", "")) not in _WGS_84 or len(numbers) != 2:  # noqa: PLR2004  two coordinates
        return None
    latitude, longitude = map(float, numbers)
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004  degrees
    return (latitude, longitude) if on_earth else None


def area_of(latitude: float, longitude: float) -> str:
    """Return a ``TargetArea`` (XML) that is a point, in degrees, WGS 84."""
    root = etree.Element(f"{{{COMMON}}}TargetArea", nsmap={"rm": COMMON, "gml": _GML})
    point = etree.SubElement(root, f"{ciq.GML}Point")
    etree.SubElement(point, f"{ciq.GML}pos").text = f"{latitude} {longitude}"
    return canonical(root)
