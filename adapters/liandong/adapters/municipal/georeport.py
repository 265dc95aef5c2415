"""The municipal line's own GeoReport endpoint: citizens' clients post requests and ask about them.

Protocol: Open311 GeoReport v2 over HTTP, server side. Directions: requests in, as referrals or
incidents; answers to referrals out, as the status of the request.
Not carried: the poster's name, e-mail address, telephone number, device and account, which stay in
the journal; answers to questions that the service does not ask.
"""

from collections.abc import AsyncIterator

from liandong.adapters.codecs.open311 import STANDARD, ServiceRequest, form
from liandong.adapters.municipal.answers import ANSWERS, applied
from liandong.adapters.municipal.register import Register
from liandong.adapters.municipal.requests import check, drafts, requested_at
from liandong.adapters.municipal.settings import GeoReportSettings
from liandong.adapters.municipal.web import Desk
from liandong.adapters.sdk import Document, Drafts, Journal, Sink, Source
from liandong.adapters.sdk.http import serve
from liandong.contracts import (
    DocumentError,
    Envelope,
    Event,
    IncidentReported,
    Reason,
    ReferralOffered,
)


class GeoReport(Source[GeoReportSettings], Sink[GeoReportSettings]):
    """Take requests from citizens, hand the urgent ones over, show what became of them."""

    settings_type = GeoReportSettings
    emits = (ReferralOffered, IncidentReported)
    handles = ANSWERS
    private = True  # forms name the person who posts

    def __init__(self, settings: GeoReportSettings, journal: Journal) -> None:
        super().__init__(settings, journal)
        self._register = Register(journal)
        self._address: str | None = None

    @property
    def address(self) -> str | None:
        """Where it listens, once `ready`."""
        return self._address

    async def documents(self) -> AsyncIterator[Document]:
        """Yield the forms that citizens post; each is answered when it is accepted."""
        desk = Desk(self.settings, self._register, self.health.counters)
        async with serve(desk.application(), self.settings.host, self.settings.port) as address:
            self._address = address
            self.ready.set()
            async for document in desk.inbox:
                yield document

    def translate(self, document: Document) -> Drafts:
        """Return the referral or the incident that a form makes, or nothing.

        Raises:
            DocumentError: The form breaks the standard, or asks for a service not offered.
        """
        read = form.parse(document.body)
        service = self.settings.service(read.value.service_code)
        if service is None:
            raise DocumentError(
                STANDARD,
                "a service that is offered",
                where="form.service_code",
                found=read.value.service_code,
                reason=Reason.UNMAPPED,
            )
        check(read.value, service)
        requested = requested_at(document.identity) or document.received
        return drafts(read, service, document.identity, requested)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether it answers a referral of a request that was posted here."""
        return super().wants(envelope) and self._answered(envelope.data) is not None

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Show the answer as the status of the request."""
        request = self._answered(envelope.data)
        if request:
            self._register.change(applied(request, envelope))
        return ()

    def _answered(self, event: Event) -> ServiceRequest | None:
        """Return the request that an event answers, if it was posted here."""
        if not isinstance(event, ANSWERS):
            return None
        entry = self._register.entry(event.referral_id)
        return entry and entry.request
