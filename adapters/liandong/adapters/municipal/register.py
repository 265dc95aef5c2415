"""The register of requests that citizens posted here, in the adapter's journal.

    request/<id>    what the public sees of it, and whether it is safe
    posted/<key>    the id that a client's form was given

An id begins with its second, so the journal finds the requests of a day by the beginning of their
ids.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pydantic import TypeAdapter

from liandong.adapters.codecs.open311 import NewRequest, ServiceRequest
from liandong.adapters.codecs.open311.query import MAX_REQUESTS, Query
from liandong.adapters.sdk import Journal


@dataclass(frozen=True, slots=True)
class Entry:
    """A request in the register.

    Attributes:
        request: What the public sees of it.
        safe: True once the bus has what is to be said of it. Until then nobody sees it.
    """

    request: ServiceRequest
    safe: bool = False


_ENTRY = TypeAdapter(Entry)
_FORM = TypeAdapter(NewRequest)


def key_of(new: NewRequest, peer: str) -> str:
    """Return what a client's repeat of the same form has in common with it.

    A client is known by the first of device, account, e-mail address, telephone number, or else by
    where it posts from. The key is a digest: it names nobody.
    """
    client = new.device_id or new.account_id or new.email or new.phone or peer
    form = _FORM.dump_json(
        replace(new, api_key=None, attributes=dict(sorted(new.attributes.items())))
    )
    return hashlib.sha256(f"{len(client)}:{client}".encode() + form).hexdigest()


class Register:
    """The requests of one adapter. Each change is durable when its method returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def known(self, key: str, now: datetime, within: timedelta) -> str | None:
        """Return the id that a form was given not longer ago than ``within``."""
        request_id = self._journal.read(f"posted/{key}")
        entry = self.entry(request_id) if request_id else None
        return request_id if entry and now - entry.request.requested_datetime <= within else None

    def open(self, key: str, request: ServiceRequest) -> None:
        """Enter a new request, which nobody sees yet."""
        self._journal.write(f"posted/{key}", request.service_request_id)
        self._put(Entry(request))

    def make_safe(self, request_id: str) -> None:
        """Note that the bus has what is to be said of a request: everybody may see it."""
        entry = self.entry(request_id)
        if entry and not entry.safe:
            self._put(replace(entry, safe=True))

    def change(self, request: ServiceRequest) -> None:
        """Enter what has become of a request that is safe."""
        self._put(Entry(request, safe=True))

    def entry(self, request_id: str) -> Entry | None:
        """Return a request, seen or not."""
        text = self._journal.read(f"request/{request_id}")
        return None if text is None else _ENTRY.validate_json(text)

    def find(self, request_id: str) -> ServiceRequest | None:
        """Return a request that everybody may see."""
        entry = self.entry(request_id)
        return entry.request if entry and entry.safe else None

    def search(self, query: Query) -> list[ServiceRequest]:
        """Return the requests asked for, the newest day first, at most 1,000."""
        found: list[ServiceRequest] = []
        for request in self._named(query) if query.ids else self._between(query.start, query.end):
            if query.wants(request):
                found.append(request)
            if len(found) == MAX_REQUESTS:
                break
        return found

    def _named(self, query: Query) -> Iterator[ServiceRequest]:
        yield from filter(None, map(self.find, sorted(query.ids)))

    def _between(self, start: datetime, end: datetime) -> Iterator[ServiceRequest]:
        day, first = end.astimezone(UTC).date(), start.astimezone(UTC).date()
        while day >= first:
            yield from self._of(day)
            if day == date.min:
                return
            day -= timedelta(days=1)

    def _of(self, day: date) -> Iterator[ServiceRequest]:
        for _, text in self._journal.notes(f"request/{day:%Y%m%d}"):
            entry = _ENTRY.validate_json(text)
            if entry.safe:
                yield entry.request

    def _put(self, entry: Entry) -> None:
        self._journal.write(
            f"request/{entry.request.service_request_id}", _ENTRY.dump_json(entry).decode()
        )
        self._journal.commit()
