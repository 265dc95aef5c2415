"""The first version of ``facility.status``, as stored logs hold it and older programs still say it.

A kind of beds had room for one code of its owner. The second version (`facilities`) has room for
several, and for counts of what is no bed.
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Code, Event, Lane, Role
from liandong.contracts.facilities import BedCapacity, BedCounts, FacilityFacts, FacilityStatus


class BedCapacityV1(BedCounts):
    """How many beds of one kind (HAVE ``BedCapacity`` with its ``Capacity``)."""

    local_type: Code | None = None
    """The facility's own name of the kind or ward."""

    @model_validator(mode="after")
    def _of_some_kind(self) -> Self:
        if self.bed_type is None and self.local_type is None:
            raise ValueError("beds of no kind: bed_type and local_type are both absent")
        return self


class FacilityStatusV1(
    FacilityFacts,
    Event,
    event="facility.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("facility_id",),
    state_of=("facility_id",),
):
    """A hospital says what it can take. Each status replaces the facility's last one."""

    beds: Annotated[tuple[BedCapacityV1, ...], Field(max_length=200)] = ()
    """HAVE ``HospitalBedCapacityStatus``, one entry a kind."""

    def newest(self) -> FacilityStatus:
        """Return it in the second version: the one code becomes the first of several."""
        facts: dict[str, Any] = dict(self) | {"beds": tuple(map(_newest, self.beds))}
        return FacilityStatus(**facts)


def _newest(beds: BedCapacityV1) -> BedCapacity:
    facts: dict[str, Any] = dict(beds)
    code: Code | None = facts.pop("local_type")
    return BedCapacity(**facts, codes=(code,) if code else ())
