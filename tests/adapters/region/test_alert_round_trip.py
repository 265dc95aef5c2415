"""CAP to event to message to event to CAP: what comes in goes out, whatever the schema allows."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_cap
from liandong.contracts import Agency, AnyAlert, Envelope, Mode, Provenance, wire

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = (
    '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#">\n <s:x> 1 </s:x></s:Signature>'
)


@pytest.fixture(scope="session")
def schema(data_dir: Path) -> etree.XMLSchema:
    """Return the official XML schema of CAP 1.2, or skip."""
    path = data_dir.parent / "schemas" / "cap" / "CAP-v1.2-os.xsd"
    if not path.is_file():
        pytest.skip(f"no schema of CAP 1.2 at {path}")
    return etree.XMLSchema(file=path)


def sent_on(body: bytes) -> Envelope:
    """Return the event of a document as a reader of the bus has it."""
    draft = alert_cap.read(body)
    agency = Agency("lz", "region", "weather")
    envelope = Envelope(source=agency, area="cn.99", data=draft.event, mode=draft.mode)
    return Envelope.decode(envelope.encode(), strict=True)


def alert_of(envelope: Envelope) -> AnyAlert:
    """Return what an envelope holds."""
    assert isinstance(envelope.data, AnyAlert)
    return envelope.data


def round_trip(body: bytes) -> bytes:
    """Return what a document becomes on the far side of the bus."""
    envelope = sent_on(body)
    return alert_cap.write(alert_of(envelope), envelope.mode)


def canonical(body: bytes) -> str:
    """Return Canonical XML with trimmed text and rewritten prefixes."""
    text = etree.tostring(etree.fromstring(body).getroottree(), encoding="unicode")
    return canonicalize(text, strip_text=True, rewrite_prefixes=True)


def real(folder: Path) -> dict[str, bytes]:
    """Return the real messages, signed or not, without the schema that lies among them."""
    paths = [*(folder / "cap").glob("*.xml"), *(folder / "cap-signed").glob("*.xml")]
    return {path.name: path.read_bytes() for path in paths if path.name != "sc-invalid_schema.xml"}


def test_every_real_message_that_fits_the_schema_comes_out_as_it_went_in(
    data_dir: Path, schema: etree.XMLSchema
) -> None:
    """Equal after canonicalisation and valid again; a signed one, fit or not, byte for byte."""
    ways = [(body, round_trip(body)) for body in real(data_dir).values()]
    fit = [(body, again) for body, again in ways if schema.validate(etree.fromstring(body))]
    signed = [(body, again) for body, again in ways if b"Signature>" in body]
    assert (len(fit), len(signed)) == (27, 18)
    assert [canonical(again) for _, again in fit] == [canonical(body) for body, _ in fit]
    assert all(schema.validate(etree.fromstring(again)) for _, again in fit)
    assert [again for _, again in signed] == [body for body, _ in signed]


def test_what_does_not_fit_the_schema_is_written_anew_and_fits(
    data_dir: Path, schema: etree.XMLSchema
) -> None:
    """CAP 1.0 and 1.1 come out as 1.2, unless they are signed."""
    old = [b for b in real(data_dir).values() if not cap.fits_schema(b) and b"Signature>" not in b]
    assert len(old) == 10
    assert all(schema.validate(etree.fromstring(round_trip(body))) for body in old)
    assert {alert_of(sent_on(body)).original for body in old} == {None}


def test_an_alert_that_is_written_the_same_carries_no_document(samples: Path) -> None:
    """Its fields say all; what came signed, or with a file inside, carries what is left of it."""
    assert alert_of(sent_on((samples / "plain.xml").read_bytes())).original is None
    full = alert_of(sent_on((samples / "full.xml").read_bytes())).original
    assert full is not None
    assert "aGVsbG8=" in full
    assert "氯气" not in full


def test_the_same_alert_over_two_roads_is_the_same_event(samples: Path) -> None:
    """Blanks, comments and instructions around an unsigned alert do not make two of it."""
    body = (samples / "full.xml").read_bytes()
    embedded = etree.tostring(etree.fromstring(body, etree.XMLParser(remove_blank_text=True)))
    assert alert_cap.read(embedded).event == alert_cap.read(body).event


# Who may speak in an alert's name ----------------------------------------------------------------


@pytest.fixture
def signed(samples: Path) -> bytes:
    """Return a signed alert."""
    body = (samples / "full.xml").read_text()
    return body.replace("</alert>", f"{SIGNATURE}</alert>").encode()


def test_another_alert_hidden_in_an_event_never_goes_out(signed: bytes) -> None:
    """Readers of the bus saw the fields: what says more, or less, is written anew."""
    envelope = sent_on(signed)
    event = alert_of(envelope)
    hidden = signed.replace(b"Extreme", b"Minor").decode()
    for original in (hidden, "<!DOCTYPE a><a/>", "none"):
        changed = event.model_copy(update={"original": original})
        body = alert_cap.write(changed, envelope.mode)
        assert b"Signature" not in body
        assert b">Extreme<" in body


def test_a_signature_that_is_not_of_this_document_never_goes_out(signed: bytes) -> None:
    """The digest that the adapter took of the bytes tells, whatever was changed since."""
    envelope = sent_on(signed)
    provenance = Provenance(
        system="in", document="a", sha256=sha256(signed).hexdigest(), received=envelope.time
    )
    event = alert_of(envelope).model_copy(update={"provenance": provenance})
    assert alert_cap.write(event, envelope.mode) == signed
    changed = event.model_copy(update={"note": "changed"})
    assert b"Signature" not in alert_cap.write(changed, envelope.mode)


def test_a_drill_never_goes_out_as_the_signed_original(signed: bytes) -> None:
    """It says Actual, and its mode does not."""
    body = alert_cap.write(alert_of(sent_on(signed)), Mode.EXERCISE)
    assert b"Signature" not in body
    assert b"<status>Exercise</status>" in body


def test_what_no_message_has_room_for_is_named_and_left_out(signed: bytes) -> None:
    """The alert itself goes on its way; the document stays with the adapter that took it."""
    file = b"A" * wire.MAX_BYTES
    draft = alert_cap.read(signed.replace(b"aGVsbG8=", file))
    assert "original-left-out: /alert" in draft.defects
    assert getattr(draft.event, "original", "") is None


# Anything that the schema allows -----------------------------------------------------------------

characters = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
)
line = st.text(characters | st.sampled_from("\t\n\r &<>\"'"), max_size=20)
word = st.text(characters.filter(lambda c: not c.isspace()), min_size=1, max_size=12)
blank = st.sampled_from(["", " ", "\n  "])
offsets = st.sampled_from(["+00:00", "-00:00", "+08:00", "-03:30", "+14:00", "-14:00"])
moments = st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30))  # noqa: DTZ001
clock = st.sampled_from(["24:00:00", "00:00:00"])
times = st.builds(
    "{}{}{}{}".format,
    blank,
    moments.map(lambda m: m.isoformat(timespec="seconds"))
    | st.builds("{:%Y-%m-%d}T{}".format, moments, clock),
    offsets,
    blank,
)
decimals = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "+", "-", "0"]),
    st.integers(0, 99_999),
    st.sampled_from(["", ".", ".0", ".50", ".123456789012"]),
)
degrees = st.builds("{}{}".format, st.integers(-89, 89), st.sampled_from(["", ".10", ".123456"]))
places = st.builds("{},{}".format, degrees, degrees)
polygons = line | st.builds(
    lambda gap, ring: gap.join([*ring, ring[0]]),
    st.sampled_from([" ", "\n", "  "]),
    st.lists(places, min_size=2, max_size=5),
)
circles = line | st.builds("{} {}".format, places, decimals)
references = st.lists(
    st.builds("{},{},2026-11-21T08:00:00{}".format, st.just("s.example"), st.just("a-0"), offsets),
    min_size=1,
    max_size=2,
).map("  ".join)
Element = tuple[str, object]


def some(name: str, content: st.SearchStrategy[object], most: int = 1, least: int = 0):  # noqa: ANN201
    """Return how often an element stands there, with what content."""
    return st.lists(st.tuples(st.just(name), content), min_size=least, max_size=most)


def listed(values: type[str]) -> st.SearchStrategy[str]:
    """Return a value of a list."""
    return st.sampled_from([str(value) for value in values])


def sequence(*parts: st.SearchStrategy[list[Element]]) -> st.SearchStrategy[list[Element]]:
    """Return elements in order."""
    return st.tuples(*parts).map(lambda lists: [element for part in lists for element in part])


def pairs(name: str) -> st.SearchStrategy[list[Element]]:
    """Return elements of a name and a value."""
    return some(name, sequence(some("valueName", line, least=1), some("value", line, least=1)), 2)


resources = sequence(
    some("resourceDesc", line, least=1),
    some("mimeType", line, least=1),
    some("size", st.integers(-(2**70), 2**70).map(str) | st.just(" +007 ")),
    some("uri", st.just("") | st.just("https://a.example/b?c=d&e")),
    some("derefUri", line),
    some("digest", line),
)
areas = sequence(
    some("areaDesc", line, least=1),
    some("polygon", polygons, 2),
    some("circle", circles, 2),
    pairs("geocode"),
    some("altitude", decimals),
    some("ceiling", decimals),
)
infos = sequence(
    some("language", st.sampled_from(["", "fr-CA", " zh-Hans-CN ", "en-US"])),
    some("category", listed(cap.Category), 2, 1),
    some("event", line, least=1),
    some("responseType", listed(cap.ResponseType), 2),
    some("urgency", listed(cap.Urgency), least=1),
    some("severity", listed(cap.Severity), least=1),
    some("certainty", listed(cap.Certainty), least=1),
    some("audience", line),
    pairs("eventCode"),
    some("effective", times),
    some("onset", times),
    some("expires", times),
    some("senderName", line),
    some("headline", line),
    some("description", line),
    some("instruction", line),
    some("web", st.sampled_from(["", "https://a.example/"])),
    some("contact", line),
    pairs("parameter"),
    some("resource", resources),
    some("area", areas, 2),
)
alerts = sequence(
    some("identifier", st.builds("{}{}{}".format, blank, word, blank) | st.just("a b"), least=1),
    some("sender", word, least=1),
    some("sent", times, least=1),
    some("status", listed(cap.Status), least=1),
    some("msgType", listed(cap.MsgType), least=1),
    some("source", line),
    some("scope", listed(cap.Scope), least=1),
    some("restriction", word, least=1),
    some("addresses", st.builds('{} "{}"'.format, word, word), least=1),
    some("code", line, 3),
    some("note", line),
    some("references", references, least=1),
    some("incidents", line),
    some("info", infos, 2),
)


def build(parent: etree._Element, elements: list[Element]) -> None:
    """Build elements."""
    for name, content in elements:
        child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        if isinstance(content, str):
            child.text = content
        else:
            build(child, content)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Return an alert that fits the schema, written in one of many ways."""
    prefix = draw(st.sampled_from([None, "cap"]))
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={prefix: NAMESPACE})
    build(root, draw(alerts))
    if draw(st.booleans()):
        root.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b")
    if draw(st.booleans()):
        root.insert(draw(st.integers(0, 5)), draw(st.sampled_from([
            etree.Comment("by hand"), etree.ProcessingInstruction("made", "by hand"),
        ])))  # fmt: skip
    if draw(st.booleans()):
        root.append(etree.fromstring(SIGNATURE))
    pretty, encoding = draw(st.booleans()), draw(st.sampled_from(["UTF-8", "GB18030"]))
    return etree.tostring(root, encoding=encoding, pretty_print=pretty, xml_declaration=True)


@settings(max_examples=50)
@given(body=documents())
def test_any_alert_that_fits_the_schema_comes_out_as_it_went_in(
    schema: etree.XMLSchema, body: bytes
) -> None:
    """Empty elements, odd spellings, unreadable places, several encodings, signatures: the same."""
    schema.assertValid(etree.fromstring(body))
    again = round_trip(body)
    schema.assertValid(etree.fromstring(again))
    assert canonical(again) == canonical(body)
    assert again == body or b"Signature" not in body
