"""Risks, from the first clue to a proposed warning.

The closed loop is clue, assessment, warning, tasking, joint handling, review. All of it carries one
correlation id, which the first clue's envelope begins: whatever is said because of another event is
its ``answer``. Terms: ISO 31000 and GB/T 24353; colours and CAP values as in alerts.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.alert_codes import AlertCategory, Certainty, Urgency, WarningColour
from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Text,
    Token,
    Value,
    Vocabulary,
    refuse_repeats,
)
from liandong.contracts.codes import Count, IncidentCategory, ResponseGrade
from liandong.contracts.envelope import EventId
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName, Area


class ClueSource(Vocabulary):
    """How a clue came to an agency's notice."""

    SENSOR = "sensor"  # an instrument or camera
    PATROL = "patrol"  # an inspection or patrol
    EMERGENCY_CALL = "emergency_call"  # 110, 119, 120, 122
    CITIZEN_REQUEST = "citizen_request"  # 12345
    FORECAST = "forecast"
    AGENCY_NOTICE = "agency_notice"  # another agency or region said so
    OPERATOR_NOTICE = "operator_notice"  # the plant, road or site's own operator said so


class Likelihood(Vocabulary):
    """How likely a risk is to come true, least first (ISO 31000 ``likelihood``)."""

    RARE = "rare"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    LIKELY = "likely"
    ALMOST_CERTAIN = "almost_certain"


class Consequence(Vocabulary):
    """How bad it would be, least first (ISO 31000 ``consequence``)."""

    INSIGNIFICANT = "insignificant"
    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"
    CATASTROPHIC = "catastrophic"


class RiskClueReported(
    Event,
    event="risk.clue_reported",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("risk_id",),
):
    """An agency has noticed something that could become an emergency."""

    risk_id: Token
    """The risk's name from its first clue on; a later clue of the same risk repeats it."""
    source: ClueSource
    """How it came to notice (EMSI ``EVENT/SOURCE``)."""
    category: IncidentCategory
    """The category of emergency that it could become (GB/T 35561-2017)."""
    hazard: ShortText
    """What could happen, in a few words, such as ``dam overtopping``."""
    hazard_code: Code | None = None
    """The kind of hazard in a code system, such as GB/T 35561."""
    observed: Instant
    """When it was noticed (EMSI ``EVENT/OBS_DATIME``)."""
    location: Location
    """Where."""
    summary: ShortText
    """What was noticed, in one line that names no private person."""
    details: RestrictedText | None = None
    """What was noticed, as free text."""
    datastream_ids: Annotated[tuple[Token, ...], Field(max_length=100)] = ()
    """The datastreams whose observations show it (`ObservationRecorded`)."""
    incident_ids: Annotated[tuple[Token, ...], Field(max_length=100)] = ()
    """Incidents that it has to do with."""
    reported_by: ShortText
    """The role or system that reports it."""


class RiskConclusion(Vocabulary):
    """What an assessment leads to."""

    WARN = "warn"  # a public warning is proposed
    TASK = "task"  # agencies act on it, without a public warning
    WATCH = "watch"  # it is watched and assessed again
    CLOSE = "close"  # there is no risk, or no longer


class RiskOpinion(Value):
    """What one agency thinks of a risk that several assess together."""

    agency: AgencyName
    """The agency."""
    role: ShortText
    """The role that speaks for it."""
    level: WarningColour | None = None
    """The level it holds right; absent where it holds that there is no risk."""
    reason: RestrictedText | None = None
    """Why."""


class RiskAssessed(
    Event,
    event="risk.assessed",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.ASSESSOR,
    key=("risk_id",),
):
    """Agencies have judged a risk together (联合研判). A later assessment replaces this one."""

    risk_id: Token
    """The risk."""
    assessment_number: Annotated[int, Field(ge=1, le=9_999)] = 1
    """The how-many-th assessment of the risk it is, from 1."""
    likelihood: Likelihood
    """How likely it is to come true."""
    consequence: Consequence
    """How bad it would be."""
    level: WarningColour | None = None
    """The level of risk as a colour, red highest; absent where there is none left.

    It is what the assessors say: their matrix of likelihood and consequence is their own.
    """
    expected_grade: ResponseGrade | None = None
    """The grade of the emergency that it could become."""
    conclusion: RiskConclusion
    """What it leads to."""
    assessed_by: AgencyName
    """The agency that leads the assessment."""
    opinions: Annotated[tuple[RiskOpinion, ...], Field(max_length=50)] = ()
    """What each of the other agencies thinks; none where one agency judged alone."""
    clue_ids: Annotated[tuple[EventId, ...], Field(max_length=1_000)] = ()
    """The ids of the events that it rests on."""
    areas: Annotated[tuple[Area, ...], Field(max_length=100)] = ()
    """The areas that it could touch."""
    exposed_count: Count | None = None
    """People who could be harmed."""
    valid_until: Instant | None = None
    """When it must be assessed again."""
    summary: ShortText
    """The judgement in one line that names no private person."""
    report: RestrictedText | None = None
    """The judgement as free text."""

    @model_validator(mode="after")
    def _everyone_speaks_once(self) -> Self:
        refuse_repeats((self.assessed_by, *(one.agency for one in self.opinions)))
        return self

    @model_validator(mode="after")
    def _level_fits_conclusion(self) -> Self:
        closes = self.conclusion is RiskConclusion.CLOSE
        if self.conclusion.recognised and closes != (self.level is None):
            raise ValueError(f"conclusion is {self.conclusion} and level is {self.level}")
        return self


class RiskWarningProposed(
    Event,
    event="risk.warning_proposed",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.ASSESSOR,
    key=("risk_id",),
):
    """The assessors ask an alerting authority to warn. The authority decides, and issues."""

    risk_id: Token
    """The risk."""
    alert_key: Token
    """The key that the alert will have where it is issued (`AlertIssued`)."""
    proposed_by: AgencyName
    """The agency that proposes it for all assessors."""
    proposed_to: AgencyName
    """The alerting authority that decides."""
    decide_by: Instant | None = None
    """By when the authority should decide."""
    warning_colour: WarningColour
    """The colour proposed; CAP ``severity`` follows from it (`SEVERITY_OF_COLOUR`)."""
    categories: Annotated[tuple[AlertCategory, ...], Field(min_length=1, max_length=20)]
    """CAP ``category`` of the alert."""
    event_text: ShortText
    """CAP ``event`` of the alert: the hazard in a few words."""
    urgency: Urgency
    """CAP ``urgency`` of the alert."""
    certainty: Certainty
    """CAP ``certainty`` of the alert."""
    onset: Instant | None = None
    """CAP ``onset`` of the alert: when the hazard is expected to begin."""
    expires: Instant
    """CAP ``expires`` of the alert: when it would lapse."""
    areas: Annotated[tuple[Area, ...], Field(min_length=1, max_length=100)]
    """The areas to be warned, each with everything inside it."""
    headline: ShortText
    """CAP ``headline`` proposed, in the alert's first language."""
    instruction: Text | None = None
    """CAP ``instruction`` proposed: what the public should do."""

    @model_validator(mode="after")
    def _expires_after_onset(self) -> Self:
        if self.onset and self.expires <= self.onset:
            raise ValueError(f"expires {self.expires} is not after onset {self.onset}")
        return self
