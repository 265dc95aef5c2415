"""Hospitals' ADT messages -> FacilityStatus: how many beds of which kind are free.

Protocol: HL7 v2 ADT over MLLP; we listen. Direction: in only. Not carried: patients. What an event
means for a bed is in `codecs.hl7v2.adt`, what the beds are in `beds`.
"""

import ipaddress
import secrets
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liandong.adapters.codecs import hl7v2
from liandong.adapters.medical import beds
from liandong.adapters.sdk import Document, Draft, Drafts, Journal, Projection, Settings, mllp
from liandong.contracts import DocumentError, FacilityStatus, Mode

# Table 0103. Training is a drill of people, debugging a trial of machines.
MODES = {
    None: Mode.LIVE,
    hl7v2.Processing.PRODUCTION: Mode.LIVE,
    hl7v2.Processing.TRAINING: Mode.EXERCISE,
    hl7v2.Processing.DEBUGGING: Mode.TEST,
}


class HospitalSettings(Settings):
    """Where to listen, and which wards there are."""

    host: str = "127.0.0.1"
    """The address to listen on; off loopback TLS is required, for MLLP has no encryption."""
    port: Annotated[int, Field(ge=0, le=65535)] = 2575
    """The TCP port to listen on (2575 is IANA's for HL7); 0 takes a free one."""
    idle_s: Annotated[float, Field(gt=0)] = 30
    """Seconds after which a connection without a message is closed."""
    tls_certificate: Path | None = None
    """The server's certificate chain (PEM)."""
    tls_key: Path | None = None
    """Its private key (PEM)."""
    tls_client_ca: Path | None = None
    """Who signs the certificates that senders must show (PEM); none asks for none."""
    charset: str = "gb18030"
    """Python's name of the character set of messages that name none and are not UTF-8."""
    hospitals: tuple[beds.Hospital, ...] = ()
    """The hospitals that send here; one that is not named is counted under its own name."""

    @model_validator(mode="after")
    def _encrypted_off_loopback(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key: set both or neither")
        if self.tls_certificate is None and not _is_loopback(self.host):
            raise ValueError(f"host {self.host}: set tls_certificate and tls_key off loopback")
        return self


class BedBoards(BaseModel):
    """A board for each mode, so that a drill never moves a real bed."""

    model_config = ConfigDict(frozen=True)

    by_mode: dict[Mode, beds.BedBoard] = {}


class HospitalBeds(Projection[HospitalSettings, BedBoards]):
    """Count beds from admissions, transfers, discharges and bed status."""

    settings_type = HospitalSettings
    state_type = BedBoards
    emits = (FacilityStatus,)
    private = True

    def __init__(self, settings: HospitalSettings, journal: Journal) -> None:
        super().__init__(settings, journal)
        self._address: str | None = None
        self._visit_key = _visit_key(journal)

    @property
    def address(self) -> str | None:
        """``host:port``, once `ready`."""
        return self._address

    async def documents(self) -> AsyncGenerator[Document]:
        """Yield each message; its sender is acknowledged once the bus has what it means."""
        s = self.settings
        tls = (
            mllp.server_tls(s.tls_certificate, s.tls_key, s.tls_client_ca)
            if s.tls_certificate and s.tls_key
            else None
        )
        async with mllp.listen(
            s.host,
            s.port,
            on_fault=self._note_fault,
            charset=s.charset,
            tls=tls,
            idle=timedelta(seconds=s.idle_s),
        ) as listener:
            self._address = listener.address
            self.ready.set()
            async for message in listener:
                yield message

    def _note_fault(self, fault: DocumentError, peer: str) -> None:
        self.health.counters.rejected += 1
        self.health.note(f"{peer} broke the framing: {fault}")

    def fold(self, state: BedBoards, document: Document) -> tuple[BedBoards, Drafts]:
        """Return the boards after a message, and the status of each hospital whose counts changed.

        Raises:
            DocumentError: It is no ADT message, or does not say what its event must say.
        """
        message = hl7v2.parse(document.body, self.settings.charset)
        event = hl7v2.read_adt(message, zone=self.settings.zone, key=self._visit_key)
        mode = MODES[event.processing]
        before = state.by_mode.get(mode, beds.BedBoard())
        after = beds.fold(before, event, self.settings.hospitals)
        drafts = tuple(self._changes(before, after, event, document))
        return BedBoards(by_mode={**state.by_mode, mode: after}), drafts

    def _changes(
        self,
        before: beds.BedBoard,
        after: beds.BedBoard,
        event: hl7v2.AdtEvent,
        document: Document,
    ) -> Iterator[Draft]:
        known = {hospital.id: hospital for hospital in self.settings.hospitals}
        time, defects = _when(event, document)
        for hospital_id in sorted({bed.hospital_id for bed in _differing(before, after)}):
            hospital = known.get(hospital_id)
            wards = hospital.wards if hospital else ()
            counts = beds.capacities(after, hospital_id, wards)
            if counts == beds.capacities(before, hospital_id, wards):
                continue
            yield Draft(
                event=FacilityStatus(
                    facility_id=hospital_id,
                    facility_name=hospital.name if hospital else None,
                    last_update=time,
                    beds=counts,
                ),
                identity=("adt", document.identity, document.sha256, hospital_id),
                time=time,
                area=hospital.area if hospital else None,
                mode=MODES[event.processing],
                defects=defects,
            )


def _visit_key(journal: Journal) -> bytes:
    """Return the secret that visit numbers are hashed with, making it on first use."""
    kept = journal.read("visit-key")
    if kept is None:
        kept = secrets.token_hex(32)
        journal.write("visit-key", kept)
        journal.commit()
    return bytes.fromhex(kept)


def _differing(before: beds.BedBoard, after: beds.BedBoard) -> Iterator[beds.Bed]:
    for key in before.beds.keys() | after.beds.keys():
        old, new = before.beds.get(key), after.beds.get(key)
        if old != new:
            yield from filter(None, (old, new))


def _when(event: hl7v2.AdtEvent, document: Document) -> tuple[datetime, tuple[str, ...]]:
    """Return when it happened: never later than it came, or it would hide what comes after it."""
    if event.time is None:
        return document.received, event.defects
    if event.time > document.received:
        return document.received, (*event.defects, f"time of the event {event.time} is to come")
    return event.time, event.defects


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
