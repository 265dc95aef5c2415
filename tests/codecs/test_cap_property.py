"""CAP under any input: reading ends in an alert or a reason, writing in a valid document."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from liandong.adapters.codecs import cap
from liandong.contracts import DocumentError

SAMPLES = Path(__file__).parent.parent / "samples" / "cap"
FULL = (SAMPLES / "full.xml").read_bytes()
PLAIN = (SAMPLES / "plain.xml").read_bytes()


def read_or_refuse(body: bytes) -> cap.Alert | DocumentError:
    """Return what reading ends in."""
    try:
        return cap.parse(body)
    except DocumentError as error:
        return error


@given(st.data())
def test_mutated_bytes_raise_nothing_but_document_errors(data: st.DataObject) -> None:
    """Whatever a line does to a document, reading it ends in an alert or a reason."""
    body = bytearray(data.draw(st.sampled_from([FULL, PLAIN])))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = start + data.draw(st.integers(0, 40))
        body[start:end] = data.draw(
            st.one_of(st.binary(max_size=8), st.just(bytes(body[end : end + 200])))
        )
    read_or_refuse(bytes(body))


xml_text = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff")
)
values = st.sampled_from(["", " ", "x", "1e5", "-0", "NaN", "12,13", "12,13 14", "2026-11-21"])


@given(
    before=st.sampled_from(
        ["Expected", "Fog", "Met", "Minor", "Valley", "a-1", "2026-11-21T08:00:00+08:00", "Public"]
    ),
    after=st.one_of(values, xml_text, st.datetimes().map(str)),
)
def test_what_was_read_leniently_is_written_strictly(
    schema: etree.XMLSchema, before: str, after: str
) -> None:
    """An alert read from any text where a value belongs is valid CAP when it is passed on."""
    root = etree.fromstring(PLAIN)
    next(element for element in root.iter() if element.text == before).text = after
    try:
        body = cap.render(cap.parse(etree.tostring(root)))
    except DocumentError:
        return
    schema.assertValid(etree.XML(body))


zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
times = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001
text = xml_text.map(str.strip)
some_text = text.filter(bool)
degrees = st.decimals(-90, 90, places=5)
positions = st.builds(cap.Position, degrees, degrees)
rings = st.lists(positions, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))
pairs = st.lists(st.builds(cap.NameValue, text, text), max_size=2).map(tuple)
areas = st.builds(
    cap.Area,
    area_desc=text,
    polygons=st.lists(rings, max_size=2).map(tuple),
    circles=st.lists(
        st.builds(cap.Circle, positions, st.decimals(0, 9999, places=3)), max_size=2
    ).map(tuple),
    geocodes=pairs,
    altitude=st.none() | st.decimals(-1000, 90_000, places=1),
    ceiling=st.none(),
)
infos = st.builds(
    cap.Info,
    language=st.none() | st.sampled_from(["zh-CN", "en", "fr-CA"]),
    categories=st.lists(st.sampled_from(cap.Category), min_size=1, max_size=3).map(tuple),
    event=some_text,
    response_types=st.lists(st.sampled_from(cap.ResponseType), max_size=2).map(tuple),
    event_codes=pairs,
    effective=st.none() | times,
    expires=st.none() | times,
    headline=st.none() | some_text,
    parameters=pairs,
    resources=st.lists(
        st.builds(
            cap.Resource,
            resource_desc=text,
            mime_type=some_text,
            size=st.none() | st.integers(0, 10**9),
            uri=st.none(),
            deref_uri=st.none(),
            digest=st.none(),
        ),
        max_size=2,
    ).map(tuple),
    areas=st.lists(areas, max_size=2).map(tuple),
    **dict.fromkeys(
        ["audience", "onset", "sender_name", "description", "instruction", "web", "contact"],
        st.none(),
    ),
)
alerts = st.builds(
    lambda infos, sent, note: replace(
        cap.parse(PLAIN), infos=infos, sent=sent.replace(microsecond=0), note=note
    ),
    st.lists(infos, max_size=2).map(tuple),
    times,
    st.none() | some_text,
)


@given(alert=alerts)
def test_any_alert_is_written_as_valid_cap(schema: etree.XMLSchema, alert: cap.Alert) -> None:
    """What is written from a document is valid, and an alert read from it says the same."""
    body = cap.render(alert)
    schema.assertValid(etree.XML(body))
    assert cap.render(cap.parse(body)) == body
