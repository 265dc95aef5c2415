"""Police CAD exports: rows are calls -> incidents or referrals; or answers to orders -> reports.

Standard: none; a table dropped in a folder and a mapping file (`codecs.mapping`). Direction: in.
A call goes to every service that its kind asks for; a kind that the mapping refers to another
service is no emergency, and is offered to that service instead.
Not carried: callers, vehicles, and what the mapping does not name.
"""

from collections.abc import Iterable

from liandong.adapters.codecs.mapping import Reading
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.readings import (
    assume_time,
    build,
    common,
    draft,
    incident_reported,
    local_name,
    location,
    order_reported,
    text,
)
from liandong.adapters.sdk.tables import TableSettings, TableSource
from liandong.contracts import (
    Discipline,
    Event,
    IncidentReported,
    OrderReported,
    ReferralOffered,
    ReferralUrgency,
)


class CadSettings(TableSettings):
    """Where the CAD drops its exports."""


class CadExports(TableSource[CadSettings]):
    """Reports incidents, offers what is no emergency to others, and tells how far orders are."""

    settings_type = CadSettings
    emits = (IncidentReported, ReferralOffered, OrderReported)
    rows_are = (IncidentReported, OrderReported)
    package = "liandong.adapters.police"

    def translate(self, document: Document) -> tuple[Draft]:
        """Return the one event that a row is.

        Raises:
            DocumentError: It cannot be read, or lacks what the mapping requires.
        """
        mapping, reading = self.read(document)
        if mapping.event == OrderReported.event:
            assume_time(reading, document.received)
            return (order_reported(reading, self.settings),)
        if common(reading, "referral"):
            return (self._referral(reading),)
        return (incident_reported(reading, self.settings),)

    def _referral(self, reading: Reading) -> Draft:
        call = reading.texts["call"]
        event = build(
            ReferralOffered,
            reading,
            referral_id=local_name(self.settings, call),
            from_service=Discipline.POLICE,
            to_service=common(reading, "referral"),
            service_name=reading.codes["referral"].local[:200],
            urgency=ReferralUrgency.ROUTINE,
            summary=text(reading, "summary") or reading.codes["referral"].local[:200],
            description=text(reading, "description", 4_000),
            location=location(reading),
            requested_datetime=reading.times["received"],
        )
        return draft(event, reading, call, at="received")

    def tally(self, event: Event) -> Iterable[tuple[str, str]]:
        """Count incidents, and each by the services it asks for; referrals; reports on orders."""
        match event:
            case IncidentReported():
                yield "incidents", event.incident_id
                for discipline in event.disciplines or ("unrouted",):
                    yield str(discipline), event.incident_id
            case ReferralOffered():
                yield "referrals", event.referral_id
            case OrderReported():
                yield "order_reports", f"{event.order_id}/{event.state}"
            case _:
                pass
