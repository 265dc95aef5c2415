"""AlertIssued -> CAP 1.2 for others: files in a folder, or HTTP POST, or both.

Protocol: OASIS CAP 1.2, ``application/cap+xml``. Direction: out. A signed alert that came in here
goes out byte for byte, as far as one of the named journals still has it; any other is written anew,
without files inside it and unsigned.
"""

from pathlib import Path
from typing import Annotated, Self

import httpx
from pydantic import Field, model_validator

from liandong.adapters.codecs import cap
from liandong.adapters.region.alert_read import MODES
from liandong.adapters.region.alert_write import document
from liandong.adapters.sdk import Drafts, Settings, Sink
from liandong.adapters.sdk.folder import drop
from liandong.adapters.sdk.journal import read_original
from liandong.adapters.sdk.poll import check_answer
from liandong.contracts import AgencyUnavailable, AlertIssued, AlertScope, Envelope

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
    """Journals of the adapters whose signed alerts are passed on as they came."""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if not (self.folder or self.url):
            raise ValueError("set folder, url or both")
        return self


class AlertOut(Sink[AlertOutSettings]):
    """Tell others of each alert that another agency of the region has issued."""

    settings_type = AlertOutSettings
    handles = (AlertIssued,)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether it is for these eyes, and did not come from there."""
        event = envelope.data
        return (
            super().wants(envelope)
            and isinstance(event, AlertIssued)
            and event.scope in self.settings.scopes
        )

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Write and post the alert; the same event again replaces its file.

        Raises:
            AgencyUnavailable: Whoever it is posted to does not take it now.
            DocumentError: It cannot be said in CAP, or is refused for good.
        """
        body = self._original(envelope) or self._written(envelope)
        if self.settings.folder:
            drop(self.settings.folder, f"{envelope.key}.{envelope.id}.xml", body)
        if self.settings.url:
            await self._post(self.settings.url, body, envelope.id)
        return ()

    def _written(self, envelope: Envelope) -> bytes:
        if not isinstance(envelope.data, AlertIssued):
            raise TypeError(f"{self.settings.name} delivers alerts, not {envelope.type}")
        return cap.render(document(envelope.data, envelope.mode))

    def _original(self, envelope: Envelope) -> bytes | None:
        """Return a signed original that says what the event says, in its mode."""
        event, provenance = envelope.data, envelope.data.provenance
        if provenance is None or not isinstance(event, AlertIssued):
            return None
        kept = (read_original(journal, provenance.sha256) for journal in self.settings.originals)
        if (body := next(filter(None, kept), None)) is None:
            return None
        alert = cap.parse(body)
        same = (alert.sender, alert.identifier) == (event.sender, event.identifier)
        return body if alert.signed and same and MODES[alert.status] is envelope.mode else None

    async def _post(self, url: str, body: bytes, event_id: str) -> None:
        headers = {"Content-Type": cap.MEDIA_TYPE, "Idempotency-Key": event_id}
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            try:
                answer = await client.post(url, content=body, headers=headers)
            except httpx.TransportError as error:
                raise AgencyUnavailable(f"{url}: {str(error) or type(error).__name__}") from None
        check_answer(answer)
