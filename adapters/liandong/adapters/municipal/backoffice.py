"""Another municipal system with a GeoReport endpoint: it is asked to act, and asked how far it is.

Protocol: Open311 GeoReport v2 over HTTP, client side. Directions: orders and referrals out, as
requests; the status of those requests in.
Not carried: requests that others posted there; receipts of a service that gives no id
(``blackbox``); a request that is opened again after it was closed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from liandong.adapters.codecs.open311 import STANDARD, Receipt, ServiceRequest, read
from liandong.adapters.municipal.client import Client, speaking
from liandong.adapters.municipal.handing import (
    ENDED,
    as_event,
    as_request,
    marker,
    service_code,
    state_of,
)
from liandong.adapters.municipal.settings import BackOfficeSettings
from liandong.adapters.municipal.threads import Thread, Threads
from liandong.adapters.sdk import Document, Draft, Drafts, Journal, Sink, Source
from liandong.adapters.sdk.orders import receipt
from liandong.contracts import (
    Discipline,
    DocumentError,
    Envelope,
    OrderIssued,
    OrderReported,
    ReferralAccepted,
    ReferralClosed,
    ReferralOffered,
    ReferralProgressed,
    ReferralReturned,
)

_AT_ONCE = 50  # ids in one question: the address stays short


@dataclass(frozen=True)
class Status(Document):
    """The status of one request, as it was polled.

    Attributes:
        settled: Called once what it says is safe.
    """

    settled: Callable[[], None] = lambda: None

    async def accept(self) -> None:
        """Note that it is safe."""
        self.settled()


class BackOffice(Source[BackOfficeSettings], Sink[BackOfficeSettings]):
    """Hand orders and referrals to another municipal system, and say how far they are."""

    settings_type = BackOfficeSettings
    emits = (
        OrderReported,
        ReferralAccepted,
        ReferralReturned,
        ReferralProgressed,
        ReferralClosed,
    )
    handles = (OrderIssued, ReferralOffered)

    def __init__(self, settings: BackOfficeSettings, journal: Journal) -> None:
        super().__init__(settings, journal)
        self._threads = Threads(journal)

    async def documents(self) -> AsyncIterator[Document]:
        """Yield each request that was handed over, whenever its status has changed.

        Raises:
            AgencyUnavailable: The other system does not answer.
        """
        async with speaking(self.settings) as client:
            self.ready.set()
            while True:
                await self._learn_ids(client)
                async for document in self._statuses(client):
                    yield document
                await asyncio.sleep(self.settings.every.total_seconds())

    async def _learn_ids(self, client: Client) -> None:
        for event_id, thread in self._threads.open().items():
            if thread.token and not thread.service_request_id:
                known = await client.id_of(thread.token)
                self._threads.write(
                    event_id, thread.model_copy(update={"service_request_id": known})
                )

    async def _statuses(self, client: Client) -> AsyncIterator[Document]:
        threads = self._threads.open().items()
        events = {t.service_request_id: name for name, t in threads if t.service_request_id}
        ids = sorted(events)
        for first in range(0, len(ids), _AT_ONCE):
            for body in await client.statuses(ids[first : first + _AT_ONCE]):
                document = self._document(body, events)
                if document and self.journal.outcome(document):
                    await document.accept()  # known since before a crash
                elif document:
                    yield document

    def _document(self, body: bytes, events: dict[str, str]) -> Status | None:
        """Return a status as a document; None where it is of a request that is not ours."""
        peer = f"http:{self.settings.endpoint}"
        try:
            request = self._read(body).value
        except DocumentError:  # `translate` will say what is wrong with it
            return Status(body, f"unreadable {sha256(body).hexdigest()}", peer)
        if (event_id := events.get(request.service_request_id)) is None:
            return None
        changed = request.updated_datetime or request.requested_datetime
        identity = f"{event_id} {request.service_request_id} {changed.isoformat()}"
        ended = state_of(request, self.settings.progress) in ENDED
        return Status(body, identity, peer, settled=lambda: self._end(event_id, ended=ended))

    def _end(self, event_id: str, *, ended: bool) -> None:
        thread = self._threads.read(event_id)
        if thread and ended:
            self._threads.write(event_id, thread.model_copy(update={"ended": True}))

    def translate(self, document: Document) -> Drafts:
        """Return what a status says of its order or referral, if anything.

        Which one that is was noted when it was handed over, and never changes.

        Raises:
            DocumentError: The request breaks the standard, or was not handed over by us.
        """
        found = self._read(document.body)
        thread = self._threads.read(document.identity.partition(" ")[0])
        if thread is None:
            expected, name = "a request of ours", found.value.service_request_id
            raise DocumentError(STANDARD, expected, found=name)
        state = state_of(found.value, self.settings.progress)
        moment = found.value.updated_datetime or document.received
        asked = thread.envelope
        event = as_event(asked, found.value, state, moment, self.settings) if state else None
        if event is None:
            return ()
        return (
            Draft(
                event,
                identity=("status", asked.id),
                time=moment,
                area=asked.area,
                mode=asked.mode,
                precedence=asked.precedence,
                correlation=asked.correlation or asked.id,
                causation=asked.id,
                defects=found.defects,
            ),
        )

    def _read(self, body: bytes) -> read.Read[ServiceRequest]:
        found = read.requests(body, self.settings.zone)
        if len(found.value) != 1:
            raise DocumentError(STANDARD, "one request", found=f"{len(found.value)}")
        return read.Read(found.value[0], found.defects)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether it is an order to this agency, or a referral that is ours to take."""
        event, us = envelope.data, str(self.settings.agency)
        if isinstance(event, OrderIssued):
            return event.addressee.agency == us
        if not isinstance(event, ReferralOffered) or not super().wants(envelope):
            return False
        if event.to_agency is not None:
            return event.to_agency == us
        mapped = service_code(event, self.settings) is not None
        return event.to_service is Discipline.MUNICIPAL and mapped

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Post it as a request; an order is then received, which is not yet accepted.

        Raises:
            AgencyUnavailable: The other system does not take it now, or we do not know.
            DocumentError: It has no service for it, or refuses it.
        """
        thread = await self._hand_over(envelope)
        if not isinstance(envelope.data, OrderIssued):
            return ()
        by = f"{self.settings.name} {thread.service_request_id or thread.token}"[:200]
        return (replace(receipt(envelope.data, by), time=thread.since),)

    async def _hand_over(self, envelope: Envelope) -> Thread:
        new = as_request(envelope, self.settings)
        thread = self._threads.read(envelope.id)
        if thread and thread.arrived:
            return thread
        async with speaking(self.settings) as client:
            if thread:  # posted before, and no answer came: it may have arrived
                known = await client.find(marker(envelope.id), new.service_code, thread.since)
                given = Receipt(known) if known else await client.post(new)
            else:
                thread = Thread(event=envelope.encode().decode(), since=datetime.now(UTC))
                self._threads.write(envelope.id, thread)
                given = await client.post(new)
        thread = thread.model_copy(
            update={"service_request_id": given.service_request_id, "token": given.token}
        )
        self._threads.write(envelope.id, thread)
        return thread
