"""Availability: one place asks what the registers hold, and those who keep them answer.

An answer promises nothing: what it names is borrowed by a request for aid. Things and places are
counted, never people.
"""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Text,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import Quantity
from liandong.contracts.facility_codes import BedType
from liandong.contracts.geo import Location, Point
from liandong.contracts.resource_types import ResourceType
from liandong.contracts.shelters import ShelterService
from liandong.contracts.subjects import AgencyName, Area
from liandong.contracts.supplies import SupplyCategory

Distance = Annotated[float, Field(ge=0, le=20_040_000)]
"""A distance as the crow flies, in metres, at most half way round the Earth."""


class RegisterKind(Vocabulary):
    """Which registers are asked."""

    BEDS = "beds"  # facility.status
    SHELTER_PLACES = "shelter_places"  # shelter.status
    SUPPLIES = "supplies"  # supply.status
    UNITS = "units"  # unit.status


_KIND_OF_FIELD: Mapping[str, RegisterKind] = MappingProxyType(
    {
        "bed_type": RegisterKind.BEDS,
        "shelter_service": RegisterKind.SHELTER_PLACES,
        "supply_category": RegisterKind.SUPPLIES,
        "item_name": RegisterKind.SUPPLIES,
        "resource_type": RegisterKind.UNITS,
    }
)


class RegisterResource(Value):
    """What registers hold, by its kind. What is absent is any: beds without a type are all beds."""

    kind: RegisterKind
    """The register."""
    bed_type: BedType | None = None
    """With ``beds``: what they are equipped for (HAVE ``BedType``)."""
    shelter_service: ShelterService | None = None
    """With ``shelter_places``: what people must find there."""
    supply_category: SupplyCategory | None = None
    """With ``supplies``: what they are for."""
    item_name: ShortText | None = None
    """With ``supplies``: the item, in words (EDXL-RM ``Name``)."""
    resource_type: ResourceType | None = None
    """With ``units``: what they are (EIDO registry ``EmergencyResourceType-Common``)."""
    local_type: Code | None = None
    """Its type in the codes of the one who speaks."""

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        for name, kind in _KIND_OF_FIELD.items():
            if self.kind.recognised and self.kind is not kind and getattr(self, name) is not None:
                raise ValueError(f"kind is {self.kind}, and {name} is {getattr(self, name)}")
        return self


class AvailabilityAsked(
    Event,
    event="availability.asked",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id", "question_id"),
):
    """An agency asks who has what. Whoever keeps such a register in that place answers."""

    question_id: Token
    """The question's name; every answer carries it."""
    incident_id: Token | None = None
    """The incident that it is needed for."""
    wanted: RegisterResource
    """What is asked for."""
    wanted_quantity: Quantity | None = None
    """How many, or how much of ``wanted_quantity_unit``, would do; absent asks for all there is."""
    wanted_quantity_unit: ShortText | None = None
    """EDXL-RM ``UnitOfMeasure``; absent where beds, places, pieces or units are counted."""
    near: Point | None = None
    """The point that it is needed at."""
    within_m: Distance | None = None
    """How far from ``near`` it may be, in metres as the crow flies."""
    area: Area | None = None
    """The area in which it must lie, with everything inside it."""
    asked_by: AgencyName
    """Who asks."""
    asked_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=200)] = ()
    """The agencies that are asked."""
    asked_regions: Annotated[tuple[Token, ...], Field(max_length=200)] = ()
    """The regions that are asked as a whole; with no agency and no region named, everyone is."""
    answer_by: Instant | None = None
    """By when an answer is of use."""

    @model_validator(mode="after")
    def _within_of_something(self) -> Self:
        if self.within_m is not None and self.near is None:
            raise ValueError(f"within_m is {self.within_m} and near is {self.near}")
        return self


class Holding(Value):
    """One entry of a register that fits the question."""

    entry_id: Token
    """The entry: a facility's, shelter's, stock's or unit's id, as in its status."""
    name: ShortText | None = None
    """What people call it."""
    resource: RegisterResource
    """What it has."""
    available_quantity: Quantity
    """How many are free, or how much of ``quantity_unit``; 0 where none is."""
    quantity_unit: ShortText | None = None
    """EDXL-RM ``UnitOfMeasure``; absent where beds, places, pieces or units are counted."""
    distance_m: Distance | None = None
    """How far from the question's ``near``, as the crow flies, in metres."""
    location: Location | None = None
    """Where it is."""
    holder: AgencyName | None = None
    """Whose it is, where that is not the one who answers."""
    last_update: Instant
    """When this was true, as the entry's own status says: how old it is."""


class AvailabilityAnswered(
    Event,
    event="availability.answered",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("incident_id", "question_id"),
):
    """What an agency's registers hold of what was asked for. Its later answer replaces it."""

    question_id: Token
    """The question."""
    incident_id: Token | None = None
    """The incident of the question: the same in all its messages, which it keeps in order."""
    holdings: Annotated[tuple[Holding, ...], Field(max_length=500)] = ()
    """Entries that fit, the nearest first; empty where there is nothing."""
    more: bool = False
    """Whether there is more than was listed."""
    answered_by: AgencyName
    """Who answers."""
    comment: Text | None = None
    """What else the asker should know, naming nobody."""

    @model_validator(mode="after")
    def _nearest_first(self) -> Self:
        known = [one.distance_m for one in self.holdings if one.distance_m is not None]
        for before, after in pairwise(known):
            if after < before:
                raise ValueError(f"distance_m {after} after {before}: the nearest comes first")
        return self
