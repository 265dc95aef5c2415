"""Bed reports of health authorities in FHIR R4, dropped as files -> FacilityStatus, and back.

Protocol: one FHIR ``MeasureReport`` in JSON a file. Direction: `BedReports` in, `BedReportFiles`
out. What a report means is in `report_read`, how a status is written in `report_write`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.adapters.medical import report_read, report_write
from liandong.adapters.sdk import Document, Drafts, Settings, Sink
from liandong.adapters.sdk.files import FileSettings, FileSource
from liandong.adapters.sdk.folder import drop
from liandong.contracts import DocumentError, Envelope, Event, FacilityStatus


class BedReportSettings(FileSettings):
    """Where reports are dropped, and whom they are about."""

    facilities: tuple[report_read.Facility, ...] = ()
    """The facilities that reports are about; another goes by what its report calls it."""


class BedReports(FileSource[BedReportSettings]):
    """Publish each bed report that is dropped as a file."""

    settings_type = BedReportSettings
    emits = (FacilityStatus,)
    private = True  # what is refused may be about a patient
    media_type = fhir.MEDIA_TYPE
    max_bytes = fhir.MAX_BYTES

    def identity(self, body: bytes, otherwise: str) -> str:
        """Return the report's identifier or id, and when it was drawn up."""
        try:
            report = fhir.parse(body)
        except DocumentError:
            return otherwise
        return f"MeasureReport/{report_read.report_name(report)} {report.date}".strip()[:500]

    def translate(self, document: Document) -> Drafts:
        """Return the one status that a report is.

        Raises:
            DocumentError: It is no report, or none that may go over the bus (`report_read.draft`).
        """
        report = fhir.parse(document.body)
        return (report_read.draft(report, self.settings.zone, self.settings.facilities),)

    def tally(self, event: Event) -> Iterable[tuple[str, str]]:
        """Count facilities."""
        yield "facilities", event.key()


class BedReportFileSettings(Settings):
    """Where reports are written."""

    folder: Path
    """Where each report is put as a file, named after its event."""


class BedReportFiles(Sink[BedReportFileSettings]):
    """Write each status that counts by a measure as a report."""

    settings_type = BedReportFileSettings
    handles = (FacilityStatus,)

    def wants(self, envelope: Envelope) -> bool:
        """Take what was counted by somebody's definition, live and said by others."""
        status = cast("FacilityStatus", envelope.data)
        return super().wants(envelope) and bool(status.measure and status.measures)

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Write it; the same again replaces its file."""
        status = cast("FacilityStatus", envelope.data)
        report = report_write.report_of(envelope, status, self.settings.zone)
        drop(self.settings.folder, f"{envelope.id}.json", fhir.render(report))
        return ()
