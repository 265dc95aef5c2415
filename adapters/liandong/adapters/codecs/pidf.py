"""PIDF-LO: a place as XML, by shape, by civic address or both (RFC 4119, 5139, 5491).

A shape is narrowed to a point and the radius of a circle around it that holds the shape. What is
not read (who is there, since when, how long it may be kept) stays in the text.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.contracts.errors import DocumentError

STANDARD = "PIDF-LO"

_PIDF = "urn:ietf:params:xml:ns:pidf"
_GEOPRIV = "urn:ietf:params:xml:ns:pidf:geopriv10"
_CIVIC = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
_GML = "http://www.opengis.net/gml"
_SHAPES = "http://www.opengis.net/pidflo/1.0"
_CRS = "urn:ogc:def:crs:EPSG::4326"
_METRES = "urn:ogc:def:uom:EPSG::9001"

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WGS_84 = re.compile(r"(4326|4979)$")
_EARTH_M = 6_371_008.8
_MAX_LATITUDE, _MAX_LONGITUDE, _MAX_RADIUS_M = 90, 180, 20_000_000
_MAX_VERTICES = 10_000

Point = tuple[float, float]
"""Longitude and latitude in degrees, WGS 84."""


@dataclass(frozen=True)
class Place:
    """Where something is.

    Attributes:
        point: Longitude and latitude in degrees; None where there is only an address.
        radius_m: Metres around the point within which it lies; None where it is the point itself.
        civic: The civic address by element: ``RD``, ``HNO``, ``A1`` … (RFC 5139 §3.1).
    """

    point: Point | None = None
    radius_m: float | None = None
    civic: Mapping[str, str] = field(default_factory=dict[str, str])


def parse(text: str) -> Place:
    """Read a PIDF-LO document. Of several locations the first shape and the first address count.

    Raises:
        DocumentError: It is not safe XML (`codecs.xml`), has no location, or one that cannot be
            read: a shape that is not of RFC 5491, another system of coordinates, off the earth.
    """
    # What the declaration says of the encoding ended when it became a text.
    body = _DECLARATION.sub("", text).strip().encode(errors="replace")
    infos = [e for e in xml.parse(body, STANDARD).iter() if xml.local_name(e) == "location-info"]
    inner = [e for info in infos for e in info.iter()]
    shape = next((e for e in inner if xml.local_name(e) in _READERS), None)
    address = next((e for e in inner if xml.local_name(e) == "civicAddress"), None)
    if shape is None and address is None:
        raise _fault("location-info", "a shape or a civic address", "neither")
    point, radius = (None, None) if shape is None else _read(shape)
    return Place(point, radius, {} if address is None else _civic(address))


def render(place: Place) -> str:
    """Return a place as a PIDF-LO document: a point or a circle, then the civic address.

    Raises:
        DocumentError: A text of the address cannot stand in XML.
    """
    # The stubs forget that a default namespace has no prefix.
    namespaces = {None: _PIDF, "gp": _GEOPRIV, "gml": _GML, "gs": _SHAPES, "ca": _CIVIC}
    root = etree.Element(f"{{{_PIDF}}}presence", nsmap=namespaces, entity=_ENTITY)  # pyright: ignore[reportArgumentType]
    entry = etree.SubElement(root, f"{{{_PIDF}}}tuple", id="place")
    status = etree.SubElement(entry, f"{{{_PIDF}}}status")
    geopriv = etree.SubElement(status, f"{{{_GEOPRIV}}}geopriv")
    info = etree.SubElement(geopriv, f"{{{_GEOPRIV}}}location-info")
    etree.SubElement(geopriv, f"{{{_GEOPRIV}}}usage-rules")
    if place.point:
        _write_shape(info, place.point, place.radius_m)
    if place.civic:
        _write_civic(info, place.civic)
    return etree.tostring(root, encoding="unicode")


_ENTITY = "pres:place@liandong.invalid"  # a presence has an entity; a place is nobody's


def _write_shape(info: xml.Element, point: Point, radius_m: float | None) -> None:
    namespace, name = (_GML, "Point") if radius_m is None else (_SHAPES, "Circle")
    shape = etree.SubElement(info, f"{{{namespace}}}{name}", srsName=_CRS)
    etree.SubElement(shape, f"{{{_GML}}}pos").text = f"{point[1]!r} {point[0]!r}"
    if radius_m is not None:
        radius = etree.SubElement(shape, f"{{{_SHAPES}}}radius", uom=_METRES)
        radius.text = repr(radius_m)


def _write_civic(info: xml.Element, civic: Mapping[str, str]) -> None:
    address = etree.SubElement(info, f"{{{_CIVIC}}}civicAddress")
    for name, value in civic.items():
        try:
            etree.SubElement(address, f"{{{_CIVIC}}}{name}").text = value
        except ValueError:
            raise _fault(f"civicAddress/{name}", "text that XML can hold", "") from None


def _civic(address: xml.Element) -> dict[str, str]:
    found = ((xml.local_name(child), xml.text_of(child)) for child in address)
    return {name: " ".join(value.split()) for name, value in reversed(list(found)) if value}


def _read(shape: xml.Element) -> tuple[Point, float | None]:
    for element in shape.iter():
        if not _WGS_84.search(system := str(element.get("srsName", _CRS))):
            raise _fault(xml.local_name(element), "coordinates of EPSG 4326 or 4979", system)
    return _READERS[xml.local_name(shape)](shape)


def _point(shape: xml.Element) -> tuple[Point, float | None]:
    return _positions(shape, "pos", several=False)[0], None


def _circle(radius: str) -> Callable[[xml.Element], tuple[Point, float | None]]:
    """Return what reads a shape that lies within a radius of its centre."""

    def read(shape: xml.Element) -> tuple[Point, float | None]:
        metres = _numbers(_child(shape, radius))[0]
        if not 0 <= metres <= _MAX_RADIUS_M:
            raise _fault(radius, f"0 to {_MAX_RADIUS_M} metres", str(metres))
        return _positions(shape, "pos", several=False)[0], metres

    return read


def _polygon(shape: xml.Element) -> tuple[Point, float | None]:
    """Return the middle of the polygon's bounds, and how far its farthest vertex is from there."""
    lines = [e for e in shape.iter() if xml.local_name(e) == "posList"]
    vertices = _positions(shape, "posList" if lines else "pos", several=True)
    longitudes, latitudes = ([vertex[i] for vertex in vertices] for i in (0, 1))
    middle = (_middle(longitudes), _middle(latitudes))
    return middle, max(_distance_m(middle, vertex) for vertex in vertices)


_READERS: dict[str, Callable[[xml.Element], tuple[Point, float | None]]] = {
    "Point": _point,
    "Circle": _circle("radius"),
    "Sphere": _circle("radius"),
    "Ellipse": _circle("semiMajorAxis"),
    "Ellipsoid": _circle("semiMajorAxis"),
    "ArcBand": _circle("outerRadius"),
    "Polygon": _polygon,
    "Prism": _polygon,
}
"""The shapes of RFC 5491 §5, by name."""


def _positions(shape: xml.Element, name: str, *, several: bool) -> list[Point]:
    """Return the positions under elements of a name: latitude, longitude, an altitude or none."""
    texts = [e for e in shape.iter() if xml.local_name(e) == name] or [_child(shape, name)]
    three = any(str(e.get("srsName", "")).endswith("4979") for e in shape.iter())
    size = 3 if three or str(texts[0].get("srsDimension")) == "3" else 2
    found: list[Point] = []
    for element in texts if several else texts[:1]:
        numbers = _numbers(element)
        step = len(numbers) if name == "pos" else size
        if len(numbers) < size or len(numbers) % step or len(numbers) > 3 * _MAX_VERTICES:
            raise _fault(name, "latitude and longitude", f"{len(numbers)} numbers")
        found += [(numbers[i + 1], numbers[i]) for i in range(0, len(numbers), step)]
    for longitude, latitude in found:
        if abs(latitude) > _MAX_LATITUDE or abs(longitude) > _MAX_LONGITUDE:
            raise _fault(name, "a place on the earth", f"{latitude} {longitude}")
    return found


def _child(shape: xml.Element, name: str) -> xml.Element:
    for element in shape.iter():
        if xml.local_name(element) == name:
            return element
    raise _fault(xml.local_name(shape), f"<{name}>", "none")


def _numbers(element: xml.Element) -> list[float]:
    text = xml.text_of(element)
    try:
        numbers = [float(part) for part in text.split()]
    except ValueError:
        numbers = []
    if not numbers or not all(map(math.isfinite, numbers)):
        raise _fault(xml.local_name(element), "numbers", text)
    return numbers


def _middle(values: list[float]) -> float:
    return (min(values) + max(values)) / 2


def _distance_m(here: Point, there: Point) -> float:
    """Return the great-circle distance in metres (haversine)."""
    (x1, y1), (x2, y2) = (tuple(map(math.radians, point)) for point in (here, there))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def _fault(where: str, expected: str, found: str) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found[:80])
