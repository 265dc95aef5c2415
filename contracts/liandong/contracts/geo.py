"""Places: GeoJSON (RFC 7946) geometry on WGS 84, longitude before latitude, metres.

CGCS2000 coordinates are used as they are (they differ from WGS 84 by centimetres); GCJ-02 ones must
be converted before they come here.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from liandong.contracts.base import Value

Longitude = Annotated[float, Field(ge=-180, le=180)]
"""Degrees east of Greenwich, -180 to 180."""
Latitude = Annotated[float, Field(ge=-90, le=90)]
"""Degrees north of the equator, -90 to 90."""
Position = tuple[Longitude, Latitude]
"""Longitude and latitude, in this order (RFC 7946 §3.1.1)."""
LinearRing = Annotated[tuple[Position, ...], Field(min_length=4, max_length=50_000)]
"""A closed line: its last position repeats its first."""


class Point(Value):
    """One position (RFC 7946 §3.1.2)."""

    type: Literal["Point"] = "Point"
    """Always ``Point``."""
    coordinates: Position
    """Longitude, latitude."""

    @classmethod
    def at(cls, longitude: float, latitude: float) -> "Point":
        """Return the point at a longitude and latitude in degrees."""
        return cls(coordinates=(longitude, latitude))


class LineString(Value):
    """A line of two positions or more (RFC 7946 §3.1.4)."""

    type: Literal["LineString"] = "LineString"
    """Always ``LineString``."""
    coordinates: Annotated[tuple[Position, ...], Field(min_length=2, max_length=50_000)]
    """Positions, from the line's beginning to its end."""


class Polygon(Value):
    """An area without holes turned inside out (RFC 7946 §3.1.6): outer ring first, then holes."""

    type: Literal["Polygon"] = "Polygon"
    """Always ``Polygon``."""
    coordinates: Annotated[tuple[LinearRing, ...], Field(min_length=1, max_length=100)]
    """Rings, each closed."""

    @field_validator("coordinates")
    @classmethod
    def _closed(cls, rings: tuple[LinearRing, ...]) -> tuple[LinearRing, ...]:
        for number, ring in enumerate(rings):
            if ring[0] != ring[-1]:
                raise ValueError(f"ring {number} is not closed: {ring[0]} is not {ring[-1]}")
        return rings


class Circle(Value):
    """A circle, which GeoJSON has not: CAP ``circle``, in metres."""

    centre: Point
    """The centre."""
    radius_m: Annotated[float, Field(ge=0, le=20_040_000)]
    """The radius in metres."""


class Location(Value):
    """A place as people and machines say it (EIDO ``locationComponent``, narrowed)."""

    point: Point | None = None
    """Where it is, if known."""
    uncertainty_m: Annotated[float, Field(ge=0, le=20_040_000)] | None = None
    """Radius around ``point`` in metres within which it lies."""
    address: Annotated[str, Field(max_length=500)] | None = None
    """A street address or crossing, broad enough to name no private person."""
    place: Annotated[str, Field(max_length=200)] | None = None
    """A name people use: a plant, a bridge, a kilometre mark."""
