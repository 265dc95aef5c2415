"""Watching what passes through an intake: for progress, and to account for every document."""

from liandong.adapters.sdk.document import Document
from liandong.contracts import Envelope, LiandongError


class Watcher:
    """Told what passes through an intake; all of its methods may stay as they are."""

    def took(self, document: Document) -> None:
        """Note a document that was received."""

    def said(self, document: Document, envelope: Envelope, *, new: bool) -> None:
        """Note an event of a document; ``new`` where the broker had not stored it before."""

    def settled(self, document: Document, error: LiandongError | None) -> None:
        """Note a document that has its outcome: stored, or with an error a dead letter."""
