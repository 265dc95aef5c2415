"""Feeds of CAP alerts: Atom (RFC 4287), RSS 2.0, or any XML that holds ``alert`` elements.

Two habits exist: an entry links to its alert, or holds it. The excerpts of CAP elements that some
feeds put straight into an entry lack the sender and are no alert; they are left out.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from liandong.adapters.codecs import cap, xml
from liandong.adapters.codecs.cap.schema import VERSIONS
from liandong.contracts.errors import DocumentError, Reason

STANDARD = "Atom or RSS"
MAX_BYTES = 8 * 1024 * 1024
"""A country's feed of a bad day."""
_ALERTS = [f"{{{namespace}}}alert" for namespace in VERSIONS]


@dataclass(frozen=True)
class Entry:
    """One entry of a feed.

    Attributes:
        id: The feed's own name for it (Atom ``id``, RSS ``guid``); empty where it has none.
        updated: When it last changed, as the feed wrote it; empty where it does not say.
        link: Where its alert is, absolute or relative to the feed; None where it holds it.
        alert: The alert that it holds, as a document of its own.
    """

    id: str = ""
    updated: str = ""
    link: str | None = None
    alert: bytes | None = None


def parse(body: bytes) -> tuple[Entry, ...]:
    """Read a feed: entries in its order, those without link or alert left out.

    Raises:
        DocumentError: It is not safe XML, or neither a feed nor anything that holds an alert.
    """
    root = xml.parse(body.removeprefix(BOM_UTF8).lstrip(), STANDARD, max_bytes=MAX_BYTES)
    entries = [*root.iterchildren("{*}entry"), *root.iterfind("{*}channel/{*}item")]
    held = [] if entries else [Entry(alert=_document(alert)) for alert in root.iter(*_ALERTS)]
    if not held and xml.local_name(root) not in ("feed", "rss", "alerts"):
        raise DocumentError(
            STANDARD, "a feed of alerts", found=str(root.tag), reason=Reason.UNSUPPORTED
        )
    return (*held, *(read for entry in entries for read in _entry(entry)))


def _entry(entry: xml.Element) -> Iterator[Entry]:
    name = _text(entry, "{*}id", "{*}guid")
    updated = _text(entry, "{*}updated", "{*}pubDate")
    alerts = list(entry.iter(*_ALERTS))
    for alert in alerts:
        yield Entry(name, updated, alert=_document(alert))
    if not alerts and (link := _link(entry)):
        yield Entry(name, updated, link=link)


def _text(entry: xml.Element, *paths: str) -> str:
    found = (entry.find(path) for path in paths)
    return next((xml.text_of(element) for element in found if element is not None), "")


def _link(entry: xml.Element) -> str:
    """Return the address of the alert: the link that says CAP, else the first that is no page."""
    links = [
        (
            element.get("type", "").partition(";")[0],
            element.get("href") or element.get("url") or xml.text_of(element),
        )
        for element in entry.iterchildren("{*}link", "{*}enclosure")
        if element.get("rel", "alternate") in ("alternate", "enclosure")
    ]
    links.sort(key=lambda link: (link[0] != cap.MEDIA_TYPE, link[0] == "text/html"))
    return links[0][1] if links else ""


def _document(alert: xml.Element) -> bytes:
    return etree.tostring(alert, encoding="UTF-8", xml_declaration=True, with_tail=False)
