"""Places: longitude first, in range, rings closed."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from liandong.contracts import Circle, LineString, Location, Point, Polygon

RING = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_point_keeps_its_coordinates(longitude: float, latitude: float) -> None:
    """Every position on earth comes back exactly."""
    point = Point.at(longitude, latitude)
    assert Point.model_validate_json(point.model_dump_json()) == point


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (math.nan, 0), (0, math.inf), (31.9, 118.4)],
)
def test_a_point_off_the_earth_is_refused(longitude: float, latitude: float) -> None:
    """Out of range, not finite, or latitude first where that shows."""
    with pytest.raises(ValidationError):
        Point.at(longitude, latitude)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Polygon", "coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": [1, 2, 3]},
        {"type": "Point", "coordinates": ["nan", 2]},
        {"type": "Point"},
    ],
)
def test_what_is_no_point_is_refused(document: dict[str, Any]) -> None:
    """Two finite numbers under the right type, nothing else."""
    with pytest.raises(ValidationError):
        Point.model_validate(document)


def test_a_line_has_two_positions_or_more() -> None:
    """One position leads nowhere."""
    assert LineString(coordinates=RING).coordinates == RING
    with pytest.raises(ValidationError, match="at least 2 items"):
        LineString(coordinates=RING[:1])


def test_a_polygon_may_have_holes() -> None:
    """The first ring is the outside, the others are holes."""
    assert len(Polygon(coordinates=(RING, RING)).coordinates) == 2


def test_an_open_ring_is_refused_with_both_ends() -> None:
    """The message shows where the ring begins and where it ends."""
    with pytest.raises(
        ValidationError, match=r"ring 1 is not closed: \(0\.0, 0\.0\) .* \(2\.0, 2\.0\)"
    ):
        Polygon(coordinates=(RING, (*RING[:-1], (2.0, 2.0))))


def test_a_ring_of_three_positions_is_refused() -> None:
    """Three positions enclose nothing once the last repeats the first."""
    with pytest.raises(ValidationError):
        Polygon(coordinates=(RING[2:] + RING[:1],))


def test_a_circle_has_a_radius_in_metres_up_to_half_the_earth() -> None:
    """Nothing negative, nothing larger than the globe."""
    assert Circle(centre=Point.at(0, 0), radius_m=0).radius_m == 0
    with pytest.raises(ValidationError):
        Circle(centre=Point.at(0, 0), radius_m=-1)
    with pytest.raises(ValidationError):
        Circle(centre=Point.at(0, 0), radius_m=21_000_000)


def test_a_location_may_be_unknown() -> None:
    """A caller who does not know where they are is still a caller."""
    assert Location() == Location(point=None, address=None)
