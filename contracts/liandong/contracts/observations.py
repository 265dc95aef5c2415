"""Observations: what an instrument measured.

Standard: OGC SensorThings 1.1, its ``Observation`` with the parts of ``Datastream``, ``Thing`` and
``ObservedProperty`` that a reader needs to understand it alone.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Text,
    Token,
    Value,
    refuse_repeats,
)
from liandong.contracts.geo import Location

Uri = Annotated[str, Field(min_length=1, max_length=500)]
"""The URI of a definition."""

ExactInteger = Annotated[int, Field(gt=-(2**53), lt=2**53)]
"""An integer that every JSON reader reads exactly."""

Result = ExactInteger | float | bool | Text
"""SensorThings ``result``: a count, a measurement, a truth or a category; always finite."""


class UnitOfMeasurement(Value):
    """What a result is measured in (SensorThings ``unitOfMeasurement``)."""

    name: ShortText
    """SensorThings ``name``: ``metre``."""
    symbol: ShortText
    """SensorThings ``symbol``: ``m``."""
    definition: Uri | None = None
    """SensorThings ``definition``: a UCUM or QUDT URI."""


class ObservationParameter(Value):
    """A circumstance of a measurement (one of SensorThings ``parameters``)."""

    name: ShortText
    """Its name, such as ``height above ground``."""
    value: Result
    """Its value, in ``unit``."""
    unit: ShortText | None = None
    """The unit of a number, in words or as UCUM writes it: ``m``, ``Cel``."""


class ObservationRecorded(
    Event,
    event="observation.recorded",
    version=1,
    lane=Lane.TELEMETRY,
    owner=Role.OBSERVER,
    key=("datastream_id",),
):
    """An instrument measured something. Only the latest of a datastream is kept."""

    datastream_id: Token
    """SensorThings ``Datastream`` id as a token: one property of one thing by one sensor."""
    incident_id: Token | None = None
    """The incident it belongs to, where the source knows it."""
    thing: ShortText
    """SensorThings ``Thing/name``: what carries the sensor."""
    sensor: ShortText | None = None
    """SensorThings ``Sensor/name``: the instrument or procedure."""
    observed_property: ShortText
    """SensorThings ``ObservedProperty/name``: ``water level``, ``chlorine concentration``."""
    observed_property_definition: Uri | None = None
    """SensorThings ``ObservedProperty/definition``."""
    unit_of_measurement: UnitOfMeasurement | None = None
    """SensorThings ``unitOfMeasurement``; absent where the result has none."""
    result: Result
    """SensorThings ``result``, in ``unit_of_measurement``."""
    phenomenon_time: Instant
    """SensorThings ``phenomenonTime``: when the result was true, or when a period began."""
    phenomenon_end: Instant | None = None
    """The end of ``phenomenonTime`` where it is a period."""
    result_time: Instant | None = None
    """SensorThings ``resultTime``: when the result was made."""
    result_quality: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    """SensorThings ``resultQuality`` (ISO 19157 elements), as the source says them."""
    valid_from: Instant | None = None
    """SensorThings ``validTime``, its beginning: from when the result may be used."""
    valid_until: Instant | None = None
    """SensorThings ``validTime``, its end: until when it may be used; after ``valid_from``."""
    parameters: Annotated[tuple[ObservationParameter, ...], Field(max_length=50)] = ()
    """SensorThings ``parameters``: the circumstances under which it was measured."""
    location: Location | None = None
    """SensorThings ``FeatureOfInterest`` or ``Thing`` location."""

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        begin, end = self.phenomenon_time, self.phenomenon_end
        if end is not None and end < begin:
            raise ValueError(f"phenomenon_end {end} is before phenomenon_time {begin}")
        return self

    @model_validator(mode="after")
    def _is_valid_for_a_while(self) -> Self:
        begin, end = self.valid_from, self.valid_until
        if begin is not None and end is not None and end <= begin:
            raise ValueError(f"valid_until {end} is not after valid_from {begin}")
        return self

    @model_validator(mode="after")
    def _names_each_parameter_once(self) -> Self:
        refuse_repeats(one.name for one in self.parameters)
        return self
