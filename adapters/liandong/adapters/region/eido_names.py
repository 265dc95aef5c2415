"""What an EIDO and the bus call the same incident, unit or agency.

A foreign ``$id`` becomes a token by `to_token`, which cannot be undone: the ``$id`` is found again
in the document that it came from. A name of ours becomes a ``$id`` under our own domain, and its
old self when it comes back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from liandong.adapters.codecs.eido import Component, Eido, Kind
from liandong.contracts import AgencyName, Discipline, to_token
from liandong.contracts.subjects import is_token

_INCIDENT = "urn:emergency:uid:incidentid"  # NENA-STA-010
_SERVICES = {
    "police": ("police", Discipline.POLICE),
    "law": ("police", Discipline.POLICE),
    "sheriff": ("police", Discipline.POLICE),
    "fire": ("fire", Discipline.FIRE),
    "ems": ("medical", Discipline.MEDICAL),
    "ambulance": ("medical", Discipline.MEDICAL),
    "medical": ("medical", Discipline.MEDICAL),
    "poison_control": ("medical", Discipline.MEDICAL),
}
"""First label of an agency type -> our kind of agency, and what it is called for."""
_OTHER_KIND = "agency"
_PARTS = 3  # region, kind, name


@dataclass(frozen=True)
class Names:
    """How names are translated.

    Attributes:
        domain: Our own domain, under which the incidents, units and agencies of the bus are named.
        region: What agencies of elsewhere are filed under in ``region/kind/name``.
    """

    domain: str
    region: str

    def incident(self, identity: str) -> str:
        """Return the token of an incident's ``$id``."""
        name = identity.removeprefix(f"{_INCIDENT}:").removesuffix(f":{self.domain}")
        ours = identity == f"{_INCIDENT}:{name}:{self.domain}" and is_token(name)
        return name if ours else to_token(identity)

    def incident_id(self, token: str, known: Iterable[str] = ()) -> str:
        """Return the ``$id`` of an incident: the known one that it stands for, else one of ours."""
        of_ours = f"{_INCIDENT}:{token}:{self.domain}"
        return next((i for i in known if self.incident(i) == token), of_ours)

    def unit(self, identity: str) -> str:
        """Return the token of a unit's ``$id``."""
        name, _, agency = identity.partition("@")
        return to_token(name if self._parse(agency) else identity)

    def unit_id(self, token: str, agency: AgencyName, known: Iterable[str] = ()) -> str:
        """Return the ``$id`` of a unit: the known one that it stands for, else one of ours."""
        of_ours = f"{token}@{self.agency_id(agency)}"
        return next((i for i in known if self.unit(i) == token), of_ours)

    def agency(self, identity: str, eido: Eido) -> AgencyName:
        """Return the name of an agency's ``$id``; its kind is what the document says it is."""
        if ours := self._parse(identity):
            return ours
        kind = kind_of(eido.find(identity, Kind.AGENCY))
        return f"{self.region}/{kind}/{to_token(identity)}"

    def agency_id(self, name: AgencyName, eido: Eido | None = None) -> str:
        """Return the ``$id`` of an agency: that of the document's agency, else one of ours."""
        known = eido.of(Kind.AGENCY) if eido else ()
        of_ours = ".".join((*reversed(name.split("/")), self.domain))
        found = (c.id for c in known if c.id and eido and self.agency(c.id, eido) == name)
        return next(found, of_ours)

    def _parse(self, identity: str) -> AgencyName | None:
        """Return the name of an agency of ours: ``119-linzhou.fire.lz.<domain>``."""
        if not identity.endswith(f".{self.domain}"):
            return None
        parts = identity.removesuffix(f".{self.domain}").split(".")
        ours = len(parts) == _PARTS and all(map(is_token, parts))
        return "/".join(reversed(parts)) if ours else None


def kind_of(agency: Component | None) -> str:
    """Return which of our kinds an agency is of, or the first label of its own type."""
    first = next(iter(agency.texts("agencyType")), "") if agency else ""
    label = first.partition(".")[0].lower()
    return _SERVICES[label][0] if label in _SERVICES else to_token(label or _OTHER_KIND)


def disciplines_of(types: Iterable[str]) -> tuple[Discipline, ...]:
    """Return what agencies of these types are called for, as far as that is known."""
    labels = (name.partition(".")[0].lower() for name in types)
    return tuple(dict.fromkeys(_SERVICES[label][1] for label in labels if label in _SERVICES))


def type_of(agency: AgencyName) -> str:
    """Return the EIDO agency type of an agency of ours."""
    _, kind, _ = agency.split("/")
    return "ems" if kind == "medical" else kind
