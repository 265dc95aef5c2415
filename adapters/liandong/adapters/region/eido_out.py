"""Incidents, their agencies and units -> EIDOs for a neighbouring region, as files.

Protocol: NENA EIDO (NENA-STA-021.1b-2022), JSON. Direction: out. An incident that came from that
region as an EIDO is written into the newest one that came: nothing of it is lost, nor what never
left its adapter's journal. EIDO cannot say that an event is of a drill: only live ones go.
"""

from pathlib import Path
from typing import Annotated, cast

from pydantic import Field

from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Eido
from liandong.adapters.region.eido import Domain
from liandong.adapters.region.eido_names import Names
from liandong.adapters.region.eido_read import EMITS
from liandong.adapters.region.eido_write import Issuer, write
from liandong.adapters.sdk import Drafts, Settings, Sink
from liandong.adapters.sdk.folder import drop
from liandong.adapters.sdk.journal import read_original
from liandong.contracts import DocumentError, Envelope, Mode, ShortText


class EidoOutSettings(Settings):
    """Where EIDOs go, and what we are called in them."""

    folder: Path
    """The folder that files appear in, whole."""
    domain: Domain
    """Our own domain: incidents, units and agencies of the bus are named under it."""
    element: ShortText
    """Who creates them (``issuingElementIdentification``), such as ``idx.linzhou.example``."""
    originals: Annotated[tuple[Path, ...], Field(max_length=20)] = ()
    """Journals of the adapters that take EIDOs in from the same region."""


class EidoOut(Sink[EidoOutSettings]):
    """Tell a neighbouring region how an incident stands, whenever something is said of it.

    Give it the agency of the adapter that takes EIDOs in from there: what that one says is what the
    region knows already, and is not sent back.
    """

    settings_type = EidoOutSettings
    handles = EMITS

    def wants(self, envelope: Envelope) -> bool:
        """Say whether it is a live fact of an incident; from there too, to know its original."""
        return envelope.mode is Mode.LIVE and _incident(envelope) is not None

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Write the incident's EIDO; the same event again replaces its file.

        Raises:
            DocumentError: EIDO asks for something that nobody has said.
        """
        incident = _incident(envelope)
        if envelope.source == self.settings.agency:
            self._note_original(envelope)
            return ()
        body = eido.render(write((envelope,), self._issuer, self._current(f"eido/{incident}")))
        drop(self.settings.folder, f"{envelope.key}.{envelope.id}.json", body)
        self.journal.write(f"eido/{incident}", body.decode())
        return ()

    @property
    def _issuer(self) -> Issuer:
        names = Names(domain=self.settings.domain, region=self.settings.agency.name)
        return Issuer(names, self.settings.element)

    def _note_original(self, envelope: Envelope) -> None:
        """Go on from the EIDO that an event of that region was read from."""
        if not (provenance := envelope.data.provenance):
            return
        for journal in self.settings.originals:
            body = read_original(journal, provenance.sha256)
            if body and self._is_of(body, _incident(envelope)):
                self.journal.write(f"eido/{_incident(envelope)}", body.decode())

    def _is_of(self, body: bytes, incident: str | None) -> bool:
        try:
            return self._issuer.names.incident(eido.parse(body).root.id) == incident
        except DocumentError:
            return False

    def _current(self, note: str) -> Eido | None:
        kept = self.journal.read(note)
        return eido.parse(kept.encode(), zone=self.settings.zone) if kept else None


def _incident(envelope: Envelope) -> str | None:
    return cast("str | None", getattr(envelope.data, "incident_id", None))
