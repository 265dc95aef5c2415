"""Shelters: how many people a place of refuge can take now. People are counted, never named.

Terms: OASIS EDXL-HAVE 1.0 for the counts, GB 51143-2015 for the classes, and the states that the
National Shelter System of the United States knows.
"""

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
    Vocabulary,
)
from liandong.contracts.codes import Count
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class ShelterState(Vocabulary):
    """Whether people may come."""

    STANDBY = "standby"  # closed, and can be opened at short notice
    OPEN = "open"
    FULL = "full"  # open, and takes nobody more
    CLOSED = "closed"


class ShelterClass(Vocabulary):
    """What a shelter is built and equipped for (GB 51143-2015 §3.1)."""

    EMERGENCY = "emergency"  # 紧急避难场所
    RESIDENT = "resident"  # 固定避难场所
    CENTRAL = "central"  # 中心避难场所


class ShelterService(Vocabulary):
    """What people find in a shelter."""

    BEDS = "beds"
    MEALS = "meals"
    DRINKING_WATER = "drinking_water"
    FIRST_AID = "first_aid"
    MEDICAL_CARE = "medical_care"
    COUNSELLING = "counselling"
    TOILETS = "toilets"
    SHOWERS = "showers"
    HEATING = "heating"
    POWER = "power"
    TELEPHONE = "telephone"
    CHILD_CARE = "child_care"
    FAMILY_TRACING = "family_tracing"
    PETS = "pets"
    PARKING = "parking"


class ShelterAccess(Vocabulary):
    """For whom else a shelter is made."""

    STEP_FREE = "step_free"
    ACCESSIBLE_TOILETS = "accessible_toilets"
    WHEELCHAIRS = "wheelchairs"  # has some to lend
    NURSING_BEDS = "nursing_beds"
    SIGN_LANGUAGE = "sign_language"
    ASSISTANCE_DOGS = "assistance_dogs"


class ShelterStatus(
    Event,
    event="shelter.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("shelter_id",),
    state_of=("shelter_id",),
):
    """A shelter says how many people it can take. Each status replaces the shelter's last one."""

    shelter_id: Token
    """The shelter's name in its register."""
    shelter_name: ShortText | None = None
    """What people call it."""
    status: ShelterState
    """Whether people may come now."""
    capacity_count: Count | None = None
    """HAVE ``BaselineCount``: people it is meant for."""
    occupied_count: Count | None = None
    """People in it; more than its capacity in need."""
    available_count: Count | None = None
    """HAVE ``AvailableCount``: people who may be sent now, or once a standby one is opened."""
    last_update: Instant
    """HAVE ``LastUpdateTime``: when the counts were true."""
    location: Location | None = None
    """HAVE ``OrganizationGeoLocation``: where its entrance is."""
    shelter_class: ShelterClass | None = None
    """What it is built and equipped for."""
    local_type: Code | None = None
    """Its type in the register's own codes."""
    indoor: bool | None = None
    """Whether people are under a roof (GB/T 44013-2024, by kind of space)."""
    services: Annotated[tuple[ShelterService, ...], Field(max_length=50)] = ()
    """What people find there; none is not known."""
    access: Annotated[tuple[ShelterAccess, ...], Field(max_length=20)] = ()
    """For whom else it is made; none is not known."""
    incident_id: Token | None = None
    """The incident that it was opened for."""
    operated_by: AgencyName | None = None
    """Who runs it, where that is not the one who speaks."""
    contact_role: ShortText | None = None
    """Whom to ask there, as a role: ``shelter duty officer``; never a person."""
    comment: Text | None = None
    """HAVE ``CommentText``, naming nobody."""

    @model_validator(mode="after")
    def _promises_no_place_twice(self) -> Self:
        capacity, occupied, available = (
            self.capacity_count,
            self.occupied_count,
            self.available_count,
        )
        if capacity is None or available is None:
            return self
        if available > max(0, capacity - (occupied or 0)):
            raise ValueError(
                f"available_count {available} with capacity_count {capacity}"
                f" and occupied_count {occupied}"
            )
        return self

    @model_validator(mode="after")
    def _takes_somebody_only_if_it_may(self) -> Self:
        if self.status in {ShelterState.FULL, ShelterState.CLOSED} and self.available_count:
            raise ValueError(f"status is {self.status}, available_count is {self.available_count}")
        return self
