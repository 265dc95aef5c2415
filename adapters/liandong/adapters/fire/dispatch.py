"""Fire dispatch records: one row for each unit sent to a call -> incident and unit states.

Standard: none; a table dropped in a folder and a mapping file (`codecs.mapping`). Direction: in.
The columns of San Francisco Fire Department's public "calls for service" are mapped as shipped.
Not carried: a call's final disposition, because no row says when the whole call was cleared, and
what the mapping does not name.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.readings import (
    build,
    code,
    common,
    draft,
    incident_reported,
    local_name,
)
from liandong.adapters.sdk.tables import TableSettings, TableSource
from liandong.contracts import (
    Event,
    IncidentReported,
    PrimaryUnitStatus,
    SecondaryUnitStatus,
    UnitStatus,
    to_token,
)

_BUSY, _FREE = PrimaryUnitStatus.NOT_AVAILABLE, PrimaryUnitStatus.AVAILABLE
LIFECYCLE = {
    "dispatched": (_BUSY, SecondaryUnitStatus.DISPATCHED),
    "responding": (_BUSY, SecondaryUnitStatus.EN_ROUTE),
    "on_scene": (_BUSY, SecondaryUnitStatus.ON_SCENE),
    "transporting": (_BUSY, SecondaryUnitStatus.TRANSPORTING),
    "hospital": (_BUSY, SecondaryUnitStatus.HOSPITAL),
    "available": (_FREE, SecondaryUnitStatus.CLEARED),
}
"""What a unit is at each of a row's times (EIDO ``PrimaryUnitStatus``, ``SecondaryUnitStatus``)."""


class DispatchSettings(TableSettings):
    """Where dispatch records are dropped."""


class DispatchRecords(TableSource[DispatchSettings]):
    """Reports each call once, and each state that each of its units came into."""

    settings_type = DispatchSettings
    emits = (IncidentReported, UnitStatus)
    rows_are = (UnitStatus,)
    package = "liandong.adapters.fire"

    def translate(self, document: Document) -> Iterator[Draft]:
        """Yield the call's report, which all of its rows share, then the unit's states in time."""
        _, reading = self.read(document)
        yield incident_reported(reading, self.settings)
        call, unit = reading.texts["call"], reading.texts["unit"]
        constant: dict[str, Any] = {
            "unit_id": to_token(unit),
            "unit_name": unit[:200],
            "discipline": common(reading, "unit_discipline"),
            "resource_type": common(reading, "unit_type"),
            "local_type": code(reading, "unit_type"),
            "incident_id": local_name(self.settings, call),
        }
        for name, (primary, secondary) in LIFECYCLE.items():
            if name in reading.times:
                status = {"primary_status": primary, "secondary_status": secondary}
                event = build(UnitStatus, reading, **constant, **status)
                yield draft(event, reading, call, unit, name, at=name)

    def tally(self, event: Event) -> Iterable[tuple[str, str]]:
        """Count calls as ``incidents`` and units sent to one as ``unit_responses``."""
        match event:
            case IncidentReported():
                yield "incidents", event.incident_id
            case UnitStatus():
                yield "unit_responses", f"{event.incident_id}/{event.unit_id}"
            case _:
                pass
