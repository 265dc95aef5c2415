"""From one document to the envelopes of what it says, or to the reason why it says nothing."""

from dataclasses import dataclass, field
from typing import Any, cast

import structlog

from liandong.adapters.sdk.adapter import Projection, Source
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.seal import seal
from liandong.contracts import DocumentError, Envelope, LiandongError, Reason

log = structlog.get_logger()


@dataclass
class Work:
    """One document on its way.

    Attributes:
        document: The document.
        envelopes: What it says, in its order.
        error: Why it is not taken; None so far.
    """

    document: Document
    envelopes: list[Envelope] = field(default_factory=list[Envelope])
    error: LiandongError | None = None

    @property
    def defects(self) -> int:
        """How many defects were read leniently."""
        provenances = (envelope.data.provenance for envelope in self.envelopes)
        return sum(len(p.defects) for p in provenances if p)


def translate(source: Source[Any], document: Document, secret: bytes) -> Work:
    """Read a document whole: nothing of it is published before all of it is understood.

    What an adapter raises by mistake refuses the document too; it never stops the intake.
    """
    work = Work(document)
    try:
        work.envelopes = [
            seal(draft, document, source.settings, secret) for draft in _drafts(source, document)
        ]
    except LiandongError as error:
        work.error = error
    except Exception as error:
        log.exception("translation_failed", adapter=source.settings.name)
        work.error = DocumentError(
            source.settings.name,
            "a document that this adapter can translate",
            # Another library's words may quote the document.
            found=type(error).__name__ if source.private else repr(error),
            reason=Reason.UNSUPPORTED,
        )
    return work


def _drafts(source: Source[Any], document: Document) -> tuple[Draft, ...]:
    if isinstance(source, Projection):
        drafts = _fold(cast("Projection[Any, Any]", source), document)
    else:
        drafts = tuple(source.translate(document))
    for draft in drafts:
        if not isinstance(draft.event, source.emits):
            raise TypeError(f"{source.settings.name} must not emit {draft.event.event}")
    return drafts


def _fold(source: Projection[Any, Any], document: Document) -> tuple[Draft, ...]:
    """Fold a document into the source's state, once; the caller commits both or neither."""
    journal = source.journal
    if journal.outcome(document) == "stored":
        return ()
    kept = journal.read("state")
    state = source.state_type.model_validate_json(kept) if kept else source.state_type()
    state, drafts = source.fold(state, document)
    journal.write("state", state.model_dump_json())
    return tuple(drafts)
