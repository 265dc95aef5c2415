"""Alert events -> CAP 1.2 for others: files in a folder, or HTTP POST, or both.

Protocol: OASIS CAP 1.2, ``application/cap+xml``. Direction: out. An alert that came as CAP 1.2 goes
out the same, a signed one byte for byte, in whatever region it came in; one whose document no
message had room for, as far as one of the named journals still has it. Any other is written anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

import httpx
from pydantic import Field, model_validator

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_cap
from liandong.adapters.sdk import Drafts, Settings, Sink
from liandong.adapters.sdk.folder import drop
from liandong.adapters.sdk.journal import read_original
from liandong.adapters.sdk.poll import check_answer
from liandong.contracts import ALERTS, AgencyUnavailable, AlertScope, AnyAlert, Envelope

_TIMEOUT_S = 20.0


class AlertOutSettings(Settings):
    """Where alerts go, and which."""

    folder: Path | None = None
    """The folder that files appear in, whole."""
    url: Annotated[str, Field(pattern=r"^https?://[^/]")] | None = None
    """Where they are posted."""
    scopes: tuple[AlertScope, ...] = (AlertScope.PUBLIC,)
    """For whom an alert must be to go out here."""
    originals: tuple[Path, ...] = ()
    """Journals of adapters that take alerts in, for documents that no message has room for."""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if not (self.folder or self.url):
            raise ValueError("set folder, url or both")
        return self


class AlertOut(Sink[AlertOutSettings]):
    """Tell others what another agency of the region says to the public."""

    settings_type = AlertOutSettings
    handles = ALERTS

    def wants(self, envelope: Envelope) -> bool:
        """Say whether it is for these eyes, and did not come from there."""
        event = envelope.data
        return (
            super().wants(envelope)
            and isinstance(event, AnyAlert)
            and event.scope in self.settings.scopes
        )

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Write and post the alert; the same event again replaces its file.

        Raises:
            AgencyUnavailable: Whoever it is posted to does not take it now.
            DocumentError: It cannot be said in CAP, or is refused for good.
        """
        body = self._document(envelope)
        if self.settings.folder:
            drop(self.settings.folder, f"{envelope.key}.{envelope.id}.xml", body)
        if self.settings.url:
            await self._post(self.settings.url, body, envelope.id)
        return ()

    def _document(self, envelope: Envelope) -> bytes:
        event = envelope.data
        if not isinstance(event, AnyAlert):
            raise TypeError(f"{self.settings.name} delivers alerts, not {envelope.type}")
        kept = (b for b in self._kept(event) if alert_cap.may_stand_for(b, event, envelope.mode))
        return next(kept, None) or alert_cap.write(event, envelope.mode)

    def _kept(self, event: AnyAlert) -> Iterator[bytes]:
        """Yield the document of an event that does not carry it, where a journal still has it."""
        if event.provenance and not event.original:
            digest = event.provenance.sha256
            kept = (read_original(journal, digest) for journal in self.settings.originals)
            yield from filter(None, kept)

    async def _post(self, url: str, body: bytes, event_id: str) -> None:
        headers = {"Content-Type": cap.MEDIA_TYPE, "Idempotency-Key": event_id}
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            try:
                answer = await client.post(url, content=body, headers=headers)
            except httpx.TransportError as error:
                raise AgencyUnavailable(f"{url}: {str(error) or type(error).__name__}") from None
        check_answer(answer)
