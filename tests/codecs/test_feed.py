"""Feeds: links and alerts are found in Atom, RSS and plain collections. Samples are made up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import cap, feed
from liandong.contracts import DocumentError, Reason

PLAIN = (Path(__file__).parent.parent / "samples" / "cap" / "plain.xml").read_bytes()

RSS = b"""<rss version="2.0"><channel><title>Warnings</title><link>https://lz.example/</link>
<item><title>Fog</title><link>https://lz.example/1.html</link><guid>1</guid>
<pubDate>Sat, 21 Nov 2026 00:00:00 GMT</pubDate>
<enclosure url="https://lz.example/1.xml" type="application/cap+xml" length="9"/></item>
<item><link>https://lz.example/2.xml</link></item>
<item><title>nothing</title></item></channel></rss>"""

ATOM = (
    b"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://lz.example/f"/>
<entry><id>urn:1</id><updated>2026-11-21T00:00:00Z</updated>
<link rel="alternate" type="text/html" href="1.html"/>
<link type="application/cap+xml; charset=utf-8" href="1.xml"/></entry>
<entry><id>urn:2</id><content type="text/xml">%s</content></entry></feed>"""
    % PLAIN
)


def test_every_real_feed_gives_its_links(data_dir: Path) -> None:
    """Each entry of five real feeds leads to its alert; many entries may share one."""
    found = {
        path.name: [entry.link for entry in feed.parse(path.read_bytes())]
        for path in (data_dir / "cap-feeds").glob("*.xml")
    }
    assert {name: (len(links), len(set(links))) for name, links in found.items()} == {
        "ibm-nws_atom_feed.xml": (163, 163),
        "meteoalarm-france_sample.xml": (12, 2),
        "meteoalarm-ireland_sample.xml": (232, 16),
        "meteoalarm-uk_sample.xml": (25, 4),
        "thtroyer-noaa_atom_feed.xml": (215, 215),
    }


def test_rss_prefers_the_enclosure_that_says_cap() -> None:
    """The page for people is not the alert."""
    assert feed.parse(RSS) == (
        feed.Entry("1", "Sat, 21 Nov 2026 00:00:00 GMT", "https://lz.example/1.xml"),
        feed.Entry(link="https://lz.example/2.xml"),
    )


def test_atom_gives_links_and_alerts() -> None:
    """One entry links to its alert, the other holds it; that one reads like the alert itself."""
    linked, holding = feed.parse(ATOM)
    assert linked == feed.Entry("urn:1", "2026-11-21T00:00:00Z", "1.xml")
    assert cap.parse(holding.alert or b"") == cap.parse(PLAIN)


def test_a_collection_gives_its_alerts() -> None:
    """Some gateways answer with bare alerts under a root of their own."""
    entries = feed.parse(b"<alerts>%s%s</alerts>" % (PLAIN, PLAIN))
    assert [cap.parse(entry.alert or b"").identifier for entry in entries] == ["a-1", "a-1"]


def test_an_alert_alone_is_a_feed_of_one() -> None:
    """An address may give the alert in force itself."""
    assert [cap.parse(entry.alert or b"") for entry in feed.parse(PLAIN)] == [cap.parse(PLAIN)]


def test_an_empty_feed_is_a_feed() -> None:
    """No warnings in force is good news, not a fault."""
    assert feed.parse(b'<feed xmlns="http://www.w3.org/2005/Atom"/>') == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><p>moved</p></html>", Reason.UNSUPPORTED),
        (b"gone", Reason.NOT_WELL_FORMED),
        (b"<!DOCTYPE feed [<!ENTITY a 'b'>]><feed>&a;</feed>", Reason.UNSAFE),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, reason: Reason) -> None:
    """A page that stands where the feed was is told apart from an empty feed."""
    with pytest.raises(DocumentError) as refused:
        feed.parse(body)
    assert refused.value.reason is reason


@given(st.data())
def test_mutated_feeds_raise_nothing_but_document_errors(data: st.DataObject) -> None:
    """Whatever a line does to a feed, reading it ends in entries or a reason."""
    body = bytearray(data.draw(st.sampled_from([ATOM, RSS])))
    start = data.draw(st.integers(0, len(body) - 1))
    body[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        found = feed.parse(bytes(body))
    except DocumentError:
        return
    assert all(entry.link or entry.alert for entry in found)
