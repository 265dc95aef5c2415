"""Another region's feed of alerts -> alert events (`alert_read`).

Protocol: Atom, RSS or bare CAP over HTTP, polled with conditional requests; entries that link to
their alert are followed. Direction: in. Not carried: as in `alerts`.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from hashlib import sha256
from typing import Annotated
from urllib.parse import urljoin

from pydantic import Field

from liandong.adapters.codecs import cap, feed
from liandong.adapters.region.alert_source import LINK, AlertSource
from liandong.adapters.sdk import Document, Journal, Settings
from liandong.adapters.sdk.poll import Fetcher, host_of
from liandong.contracts import AgencyUnavailable, DocumentError

_Mark = tuple[str, str]


class AlertFeedSettings(Settings):
    """Where the feed is, and how often to look."""

    url: Annotated[str, Field(pattern=r"^https?://[^/]")]
    """Its address."""
    every: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(seconds=60)
    """How often to look."""
    hosts: tuple[str, ...] = ()
    """Hosts beside the feed's own that its entries may link to."""


class AlertFeed(AlertSource[AlertFeedSettings]):
    """Publish each alert that a feed lists, when it appears there or changes."""

    settings_type = AlertFeedSettings

    def __init__(self, settings: AlertFeedSettings, journal: Journal) -> None:
        super().__init__(settings, journal)
        self._listed: tuple[feed.Entry, ...] = ()
        self._offered: set[_Mark] = set()

    @property
    def address(self) -> str | None:
        """What it polls."""
        return self.settings.url

    async def documents(self) -> AsyncGenerator[Document, None]:
        """Yield alerts as they appear, for ever. What was read before a crash is read again.

        Raises:
            AgencyUnavailable: The feed, or something it links to, cannot be read now; what else it
                lists was yielded before.
        """
        hosts = (host_of(self.settings.url), *self.settings.hosts)
        async with Fetcher(hosts, limit_bytes=feed.MAX_BYTES) as fetcher:
            while True:
                async for document in self._look(fetcher):
                    yield document
                await asyncio.sleep(self.settings.every.total_seconds())

    async def _look(self, fetcher: Fetcher) -> AsyncGenerator[Document, None]:
        """Yield what is new in the feed; one alert that cannot be had does not hold up others."""
        await self._read_feed(fetcher)
        self.ready.set()
        down: AgencyUnavailable | None = None
        for entry in self._listed:
            if _mark(entry) in self._offered and entry.updated:
                continue
            try:
                document = await self._document(fetcher, entry)
            except AgencyUnavailable as error:
                down = error
                continue
            self._offered.add(_mark(entry))
            if document:
                yield document
        self._offered &= set(map(_mark, self._listed))
        if down:
            raise down

    async def _read_feed(self, fetcher: Fetcher) -> None:
        try:
            if found := await fetcher.fetch(self.settings.url):
                self._listed = feed.parse(found.body)
        except DocumentError as error:  # the feed is the agency's; there is no document to refuse
            raise AgencyUnavailable(str(error)) from None

    async def _document(self, fetcher: Fetcher, entry: feed.Entry) -> Document | None:
        """Return the alert of an entry; None where it has not changed."""
        peer = f"feed:{self.settings.url}"
        if entry.alert:
            return Document(entry.alert, self.identity(entry.alert, entry.id), peer, cap.MEDIA_TYPE)
        url = urljoin(self.settings.url, entry.link)
        try:
            found = await fetcher.fetch(url)
        except DocumentError as error:
            return Document(f"# {error}\n{url}\n".encode(), url, peer, LINK)
        return found and Document(found.body, self.identity(found.body, url), peer, cap.MEDIA_TYPE)


def _mark(entry: feed.Entry) -> _Mark:
    """Return what tells one state of an entry from another."""
    return entry.link or sha256(entry.alert or b"").hexdigest(), entry.updated
