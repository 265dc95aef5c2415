"""Places of an EIDO <-> Location. Pure.

Not carried: shapes other than a point and a radius, and whatever of a civic address could name a
private person (occupant, unit, room, seat, post-office box).
"""

from liandong.adapters.codecs import pidf
from liandong.adapters.codecs.eido import Component, Eido, Kind
from liandong.contracts import DocumentError, Location, Point

_PERSONAL = {"Caller", "RoutingLocation", "TowerLocation"}
"""Location types that say where a caller is."""
_INCIDENT = ("CurrentIncident", "InitialIncident")
"""Location types that say where an incident is, the latest first."""
_STREET = (("HNO", "HNS", "PRM", "PRD", "RD", "STS", "POD", "POM"), ("BLD", "FLR"), ("LOC",))
_TOWN = (("A6",), ("A5",), ("A4",), ("A3",), ("A2",), ("A1",), ("country",))
_ADDRESS, _PLACE = 500, 200  # characters that a Location holds


def is_personal(component: Component) -> bool:
    """Say whether a location component tells where a caller is."""
    return bool(_PERSONAL & set(component.texts("locationTypeDescriptionRegistryText")))


def of_incident(eido: Eido) -> Component | None:
    """Return the location component that says where the incident is now.

    One that the incident links to comes before one that nothing links to, the current before the
    first, the latest before older ones. Where a caller is counts only where the incident links
    to it.
    """
    incident = next(iter(eido.of(Kind.INCIDENT)), None)
    linked = eido.linked(incident, "locationReference", Kind.LOCATION) if incident else ()
    typed = [c for c in eido.of(Kind.LOCATION) if _rank(c) < len(_INCIDENT)]
    readable = [c for c in linked or typed if read(c)]
    newest = sorted(readable, key=lambda c: c.updated.timestamp() if c.updated else 0, reverse=True)
    return min(newest, key=_rank, default=None)


def read(component: Component | None) -> Location | None:
    """Return the place of a location component; None where it does not say, or not legibly."""
    text = component.text("locationByValue") if component else None
    try:
        place = pidf.parse(text) if text else None
    except DocumentError:
        return None
    return _location(place) if place else None


def write(location: Location) -> str:
    """Return a place as PIDF-LO: an address whole as ``LOC``, the name people use as ``LMK``."""
    civic = {"LMK": location.place, "LOC": location.address}
    return pidf.render(
        pidf.Place(
            location.point.coordinates if location.point else None,
            location.uncertainty_m,
            {name: value for name, value in civic.items() if value},
        )
    )


def _rank(component: Component) -> int:
    kinds = component.texts("locationTypeDescriptionRegistryText")
    found = (_INCIDENT.index(kind) for kind in kinds if kind in _INCIDENT)
    return min(found, default=len(_INCIDENT))


def _location(place: pidf.Place) -> Location | None:
    lines = (*_STREET, *_TOWN)
    parts = (" ".join(place.civic[n] for n in names if n in place.civic) for names in lines)
    address = ", ".join(filter(None, parts))
    landmark = place.civic.get("LMK", "")
    location = Location(
        point=Point(coordinates=place.point) if place.point else None,
        uncertainty_m=place.radius_m,
        address=address[:_ADDRESS] or None,
        place=landmark[:_PLACE] or None,
    )
    return location if location != Location() else None
