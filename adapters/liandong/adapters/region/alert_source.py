"""What every road for alerts shares: what an alert means, and what others call it."""

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_cap
from liandong.adapters.sdk import Document, Drafts, Source
from liandong.adapters.sdk.adapter import S
from liandong.contracts import ALERTS, DocumentError, Reason

LINK = "text/uri-list"
"""The media type of a document that is only the address of an alert, and why it was not read."""


class AlertSource(Source[S]):
    """A road that alerts come in by."""

    emits = ALERTS

    def translate(self, document: Document) -> Drafts:
        """Return the one fact that an alert is.

        Raises:
            DocumentError: It is no alert, or lacks what must not be guessed.
        """
        if document.media_type == LINK:
            raise DocumentError(
                "CAP 1.2",
                "an alert behind this address",
                found=document.body.decode(errors="replace"),
                reason=Reason.UNSUPPORTED,
            )
        return (alert_cap.read(document.body, zone=self.settings.zone),)

    def identity(self, body: bytes, otherwise: str) -> str:
        """Return what other alerts call this one: ``sender,identifier,sent``.

        Args:
            body: The alert.
            otherwise: What to call it where it cannot be read.
        """
        try:
            key = cap.parse(body, zone=self.settings.zone).reference
        except DocumentError:
            return otherwise
        return f"{key.sender},{key.identifier},{key.sent.isoformat()}"
