"""CAP documents <-> alert events, nothing lost on the way there and back. Pure.

What the fields of an event cannot give back, its ``original`` keeps: how the document spells and
lays out what they say, files inside it, and its signature, which covers every byte. So a receiver
in another region can verify a signature, and pass the alert on as its authority issued it.
"""

from dataclasses import replace
from datetime import UTC, tzinfo
from hashlib import sha256
from typing import cast

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_read
from liandong.adapters.region.alert_write import document
from liandong.adapters.sdk import Draft
from liandong.contracts import AnyAlert, DocumentError, Mode, wire

_ENVELOPE = 4_000  # bytes for what stands in a message beside the alert and its defects
_OURS = ("provenance", "original", "incident_id", "alert_key")


def read(body: bytes, *, zone: tzinfo = UTC) -> Draft:
    """Return what a CAP document says.

    The event keeps the original where it is signed, or fits the schema and would be written
    otherwise. Where one message has no room for it, the draft says so among its defects.

    Args:
        body: A document of CAP 1.0, 1.1 or 1.2.
        zone: The zone of times without offset.

    Raises:
        DocumentError: It is no alert, lacks what must not be guessed, or the contract cannot hold
            it.
    """
    alert = cap.parse(body, zone=zone)
    draft = alert_read.draft(alert)
    event = cast("AnyAlert", draft.event)
    again = document(event, draft.mode)
    if not alert.signed and not (_fits(body) and _is_written_otherwise(body, again)):
        return draft
    kept = body if alert.signed else cap.trimmed(body)
    event = event.model_copy(update={"original": cap.abridge(kept, again)})
    room = wire.MAX_BYTES - _ENVELOPE - sum(len(d.encode()) for d in draft.defects)
    size = len(event.model_dump_json(exclude_none=True).encode())
    if event.original and size <= room:
        return replace(draft, event=event)
    defects = ("original-left-out: /alert", *draft.defects)
    return replace(draft, defects=defects[: alert_read.MAX_DEFECTS])


def write(event: AnyAlert, mode: Mode) -> bytes:
    """Return an event as a CAP document: its original where it has one, else written anew.

    An original goes out only where reading it gives this very event, in this mode: nobody can hide
    another alert in it, and no drill goes out as Actual.

    Args:
        event: The fact.
        mode: The mode that it travelled in.

    Raises:
        DocumentError: It cannot be said in CAP 1.2.
    """
    alert = document(event, mode)
    if event.original:
        try:
            body = cap.restore(event.original, alert)
        except DocumentError:
            body = b""
        if may_stand_for(body, event, mode):
            return body
    return cap.render(alert)


def may_stand_for(body: bytes, event: AnyAlert, mode: Mode) -> bool:
    """Say whether a document may go out for an event.

    It may where it says the same, in the same mode, and is signed or fits the schema of CAP 1.2.
    """
    try:
        alert = cap.parse(body, zone=event.sent.tzinfo or UTC)
        said = alert_read.draft(alert)
    except DocumentError:
        return False
    ours = {name: getattr(event, name) for name in _OURS}
    same = said.event.model_copy(update=ours) == event and said.mode is mode
    return same and (_is_untouched(body, event) if alert.signed else _fits(body))


def _is_untouched(body: bytes, event: AnyAlert) -> bool:
    return not event.provenance or event.provenance.sha256 == sha256(body).hexdigest()


def _fits(body: bytes) -> bool:
    try:
        return cap.fits_schema(body)
    except DocumentError:
        return False


def _is_written_otherwise(body: bytes, alert: cap.Alert) -> bool:
    try:
        return not cap.same_document(body, cap.render(alert))
    except (
        DocumentError
    ):  # what the authority wrote, the standard's text forbids and its schema not
        return True
