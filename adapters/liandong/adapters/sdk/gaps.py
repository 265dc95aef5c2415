"""What a source had to leave out, as a document: kept, translated and stored as any other."""

from liandong.adapters.sdk.document import Document, Draft
from liandong.contracts import TelemetryGap

_PEER = "liandong:gap"


def gap_document(gap: TelemetryGap) -> Document:
    """Return a gap as a document."""
    identity = f"gap:{gap.publisher}:{gap.since.isoformat()}"
    return Document(gap.model_dump_json().encode(), identity, _PEER, "application/json")


def is_gap(document: Document) -> bool:
    """Say whether a document is a gap."""
    return document.peer == _PEER


def gap_draft(document: Document) -> Draft:
    """Return what is to be said of a gap."""
    gap = TelemetryGap.model_validate_json(document.body)
    return Draft(gap, (gap.event, document.identity), gap.until)
