"""Places in PIDF-LO: the shapes of RFC 5491, civic addresses, and what is refused. Made up."""

import pytest

from liandong.adapters.codecs import pidf
from liandong.contracts import DocumentError, Reason

POS = "<gml:pos>31.5 118.25</gml:pos>"
METRES = 'uom="urn:ogc:def:uom:EPSG::9001"'
RING = "31.5 118.0 31.5 118.5 31.0 118.5 31.0 118.0 31.5 118.0"


def document(inner: str) -> str:
    """Return a PIDF-LO document around a location."""
    return (
        '<?xml version="1.0" encoding="UTF-16"?>'
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@linzhou.example"'
        ' xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml"'
        ' xmlns:gs="http://www.opengis.net/pidflo/1.0"'
        ' xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"><tuple id="a"><status>'
        f"<gp:geopriv><gp:location-info>{inner}</gp:location-info><gp:usage-rules/></gp:geopriv>"
        "</status></tuple></presence>"
    )


@pytest.mark.parametrize(
    ("shape", "point", "radius_m"),
    [
        (f"<gml:Point>{POS}</gml:Point>", (118.25, 31.5), None),
        (
            (
                '<gml:Point srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>31.5 118.25 12</gml:pos>'
                "</gml:Point>"
            ),
            (118.25, 31.5),
            None,
        ),
        (f"<gs:Circle>{POS}<gs:radius {METRES}>50</gs:radius></gs:Circle>", (118.25, 31.5), 50),
        (
            (
                f"<gs:Ellipse>{POS}<gs:semiMajorAxis {METRES}>80</gs:semiMajorAxis>"
                f"<gs:semiMinorAxis {METRES}>20</gs:semiMinorAxis></gs:Ellipse>"
            ),
            (118.25, 31.5),
            80,
        ),
        (
            (
                f"<gs:ArcBand>{POS}<gs:innerRadius {METRES}>100</gs:innerRadius>"
                f"<gs:outerRadius {METRES}>900</gs:outerRadius></gs:ArcBand>"
            ),
            (118.25, 31.5),
            900,
        ),
    ],
)
def test_a_shape_is_a_point_and_what_holds_it(
    shape: str, point: pidf.Point, radius_m: float | None
) -> None:
    """Latitude comes first there, longitude here; the declared encoding no longer matters."""
    assert pidf.parse(document(shape)) == pidf.Place(point, radius_m)


@pytest.mark.parametrize(
    "ring",
    [
        f"<gml:posList>{RING}</gml:posList>",
        "".join(
            f"<gml:pos>{lat} {lon}</gml:pos>"
            for lat, lon in zip(RING.split()[::2], RING.split()[1::2], strict=True)
        ),
    ],
)
def test_a_polygon_is_its_middle_and_its_farthest_corner(ring: str) -> None:
    """Half a degree square: its middle is some 36 to 37 km from its corners."""
    place = pidf.parse(
        document(
            "<gml:Polygon><gml:exterior><gml:LinearRing>"
            f"{ring}</gml:LinearRing></gml:exterior></gml:Polygon>"
        )
    )
    assert place.point == (118.25, 31.25)
    assert place.radius_m == pytest.approx(36_600, rel=0.01)


def test_a_civic_address_keeps_every_element_beside_the_shape() -> None:
    """With blanks and line breaks as one blank, and without empty ones."""
    place = pidf.parse(
        document(
            f"<gml:Point>{POS}</gml:Point><ca:civicAddress><ca:A1>Linzhou</ca:A1><ca:PRD/>"
            "<ca:RD>Hexing\n  Road</ca:RD><ca:HNO>8</ca:HNO></ca:civicAddress>"
        )
    )
    assert place.point == (118.25, 31.5)
    assert place.civic == {"A1": "Linzhou", "RD": "Hexing Road", "HNO": "8"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.NOT_WELL_FORMED),
        ("no XML", Reason.NOT_WELL_FORMED),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Reason.UNSAFE),
        (document(""), Reason.BREAKS_STANDARD),
        (document("<gml:Point><gml:pos>north</gml:pos></gml:Point>"), Reason.BREAKS_STANDARD),
        (document("<gml:Point><gml:pos>31.5</gml:pos></gml:Point>"), Reason.BREAKS_STANDARD),
        (document("<gml:Point><gml:pos>118.25 31.5</gml:pos></gml:Point>"), Reason.BREAKS_STANDARD),
        (document("<gml:Point><gml:pos>NaN 1</gml:pos></gml:Point>"), Reason.BREAKS_STANDARD),
        (document(f"<gs:Circle>{POS}</gs:Circle>"), Reason.BREAKS_STANDARD),
        (
            document(f'<gml:Point srsName="urn:ogc:def:crs:EPSG::3857">{POS}</gml:Point>'),
            Reason.BREAKS_STANDARD,
        ),
    ],
)
def test_what_is_no_place_on_the_earth_is_refused(text: str, reason: Reason) -> None:
    """With its numbered reason."""
    with pytest.raises(DocumentError) as refused:
        pidf.parse(text)
    assert refused.value.reason is reason
