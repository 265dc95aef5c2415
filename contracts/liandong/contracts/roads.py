"""Roads: whether one may drive on a segment, who may all the same, and how others get round it.

Terms: DATEX II (EN 16157) for causes, lanes and diversions; GTFS-Realtime ``Alert`` for the period.
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
from liandong.contracts.geo import LineString


class RoadState(Vocabulary):
    """Whether one may drive."""

    OPEN = "open"
    RESTRICTED = "restricted"  # with limits, fewer lanes, or by turns
    ONE_WAY = "one_way"
    CLOSED = "closed"  # to all but those excepted


class TravelDirection(Vocabulary):
    """Which way, seen from the segment's beginning."""

    BOTH = "both"
    ALONG = "along"
    AGAINST = "against"


class RoadCause(Vocabulary):
    """Why (DATEX II ``CauseTypeEnum``, those that apply to emergencies)."""

    ABNORMAL_TRAFFIC = "abnormalTraffic"
    ACCIDENT = "accident"
    AUTHORITY_OPERATION = "authorityOperation"  # of police, fire or rescue
    CONSTRUCTION_WORK = "constructionWork"
    DISTURBANCE = "disturbance"  # demonstration, strike, crime
    ENVIRONMENTAL_OBSTRUCTION = "environmentalObstruction"  # flood, landslide, fallen trees
    EQUIPMENT_FAULT = "equipmentOrSystemFault"  # signals, tunnel ventilation
    INFRASTRUCTURE_DAMAGE = "infrastructureDamageObstruction"  # collapsed bridge, burst main
    OBSTRUCTION = "obstruction"
    POOR_ENVIRONMENT = "poorEnvironment"  # smoke, fog, wind
    PUBLIC_EVENT = "publicEvent"
    ROAD_MAINTENANCE = "roadMaintenance"
    VEHICLE_OBSTRUCTION = "vehicleObstruction"
    WEATHER_CONDITIONS = "weatherRelatedRoadConditions"  # ice, snow, standing water
    OTHER = "other"


class RoadUser(Vocabulary):
    """Who may pass all the same."""

    EMERGENCY_VEHICLES = "emergency_vehicles"
    RELIEF_SUPPLIES = "relief_supplies"
    REPAIR_CREWS = "repair_crews"
    EVACUATION = "evacuation"
    PUBLIC_TRANSPORT = "public_transport"
    RESIDENTS = "residents"
    PEDESTRIANS = "pedestrians"


class RoadStatus(
    Event,
    event="road.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("segment_id",),
    state_of=("segment_id",),
):
    """Whether one may drive on a segment. Each status replaces the segment's last one."""

    segment_id: Token
    """The segment's name in its register."""
    road_name: ShortText
    """What people call the road, with its number where it has one: ``Hexing Road, G236``."""
    status: RoadState
    """Whether one may drive there now."""
    cause: RoadCause | None = None
    """Why (DATEX II ``causeType``)."""
    local_cause: Code | None = None
    """Why, in the register's own codes."""
    from_place: ShortText | None = None
    """Where the segment begins, in words: a junction, a bridge, a kilometre mark."""
    to_place: ShortText | None = None
    """Where it ends, in words."""
    line: LineString | None = None
    """Its course, from its beginning to its end."""
    direction: TravelDirection = TravelDirection.BOTH
    """The way that the status is about; with ``one_way`` the way that is open."""
    users_excepted: Annotated[tuple[RoadUser, ...], Field(max_length=20)] = ()
    """Who may pass all the same."""
    original_lanes_count: Count | None = None
    """DATEX II ``originalNumberOfLanes``, those of ``direction``."""
    operational_lanes_count: Count | None = None
    """DATEX II ``numberOfOperationalLanes``: lanes of ``direction`` that all may use."""
    max_height_m: Annotated[float, Field(gt=0, le=100)] | None = None
    """The highest vehicle that may pass, in metres."""
    max_weight_kg: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    """The heaviest vehicle that may pass, laden, in kilograms."""
    max_speed_kmh: Annotated[float, Field(gt=0, le=500)] | None = None
    """How fast one may drive, in kilometres an hour."""
    diversion: Text | None = None
    """DATEX II ``ReroutingManagement``: the way round, in words."""
    diversion_line: LineString | None = None
    """The way round, from the segment's beginning to its end."""
    start: Instant
    """From when it holds (GTFS-RT ``active_period.start``, DATEX II ``overallStartTime``)."""
    end: Instant | None = None
    """Until when it is expected to hold; absent while nobody knows."""
    last_update: Instant
    """When it was last known to be so."""
    incident_id: Token | None = None
    """The incident that it is for, or because of."""
    order_id: Token | None = None
    """The order that it carries out."""
    comment: Text | None = None
    """What else drivers and dispatchers should know, naming nobody."""

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if self.line is None and not (self.from_place and self.to_place):
            raise ValueError(
                f"no line, and from {self.from_place} to {self.to_place}: nobody knows where"
            )
        return self

    @model_validator(mode="after")
    def _one_way_leads_one_way(self) -> Self:
        if self.status is RoadState.ONE_WAY and self.direction is TravelDirection.BOTH:
            raise ValueError(f"status is {self.status} and direction is {self.direction}")
        return self

    @model_validator(mode="after")
    def _lanes_fit_the_status(self) -> Self:
        lanes, original = self.operational_lanes_count, self.original_lanes_count
        if lanes is None:
            return self
        if original is not None and lanes > original:
            raise ValueError(f"operational_lanes_count {lanes}, original_lanes_count {original}")
        if self.status is RoadState.CLOSED and lanes:
            raise ValueError(f"status is {self.status} and operational_lanes_count is {lanes}")
        return self

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self
