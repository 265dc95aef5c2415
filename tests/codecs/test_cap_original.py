"""A CAP document beside its alert: abridged it holds nothing twice, restored it is the same."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from liandong.adapters.codecs import cap
from liandong.contracts import DocumentError, Reason

SAMPLES = Path(__file__).parent.parent / "samples" / "cap"
FULL = (SAMPLES / "full.xml").read_bytes()
PLAIN = (SAMPLES / "plain.xml").read_bytes().partition(b"\n")[2]  # without its comment


def abridged(body: bytes) -> str:
    """Return a document without what its own alert gives back."""
    short = cap.abridge(body, cap.parse(body))
    assert short is not None
    return short


WRITINGS: dict[str, bytes] = {
    "every element": FULL,
    "blanks around a text": PLAIN.replace(b">Fog<", b">\n   Fog\r\n<"),
    "characters by number": PLAIN.replace(b">Fog<", b">&#70;og &amp; &lt;mist&gt;<"),
    "CDATA": PLAIN.replace(b">Fog<", b"><![CDATA[Fog & mist]]><"),
    "a comment inside a text": PLAIN.replace(b">Fog<", b">Fo<!-- dense -->g<"),
    "a comment before a text": PLAIN.replace(b">Fog<", b"><!-- dense -->Fog<"),
    "an empty element before a full one": PLAIN.replace(
        b"<info>", b"<code/><code></code><code>x</code><info>"
    ),
    "a prefix": PLAIN.replace(b"<", b"<c:")
    .replace(b"<c:/", b"</c:")
    .replace(b"xmlns=", b"xmlns:c="),
    "another encoding": b'<?xml version="1.0" encoding="GBK"?>'
    + PLAIN.decode().replace("Fog", "大雾").encode("gbk"),
    "UTF-16": f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN.decode()}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "an instruction": b'<?xml-stylesheet href="a.xsl"?>' + PLAIN,
}


@pytest.mark.parametrize("body", WRITINGS.values(), ids=WRITINGS.keys())
def test_what_was_abridged_is_restored_byte_for_byte(body: bytes) -> None:
    """However it was written."""
    assert cap.restore(abridged(body), cap.parse(body)) == body


def test_nothing_is_kept_twice() -> None:
    """Of a document with every element once, only what is spelt in another way is left."""
    left = etree.fromstring(abridged(FULL).encode())
    leaves = [element for element in left.iter("{*}*") if not element.findall("*")]
    assert len(leaves) > 40
    assert {element.text for element in leaves} == {None}


def test_every_real_document_is_restored_byte_for_byte(data_dir: Path) -> None:
    """CAP 1.0 to 1.2, signed and not, in two encodings, up to 0.9 MB."""
    files = [*(data_dir / "cap").glob("*.xml"), *(data_dir / "cap-signed").glob("*-valid.xml")]
    bodies = [path.read_bytes() for path in files]
    assert [cap.restore(abridged(body), cap.parse(body)) for body in bodies] == bodies


def test_an_alert_that_says_something_else_is_not_what_was_abridged() -> None:
    """What was taken out is put in from the alert: another alert gives another document."""
    later = replace(cap.parse(PLAIN), sent=cap.parse(PLAIN).sent + timedelta(hours=1))
    assert cap.parse(cap.restore(abridged(PLAIN), later)).sent == later.sent
    with pytest.raises(DocumentError):
        cap.restore(abridged(PLAIN), replace(cap.parse(PLAIN), infos=()))


def test_a_document_whose_encoding_cannot_be_had_back_is_not_kept() -> None:
    """The declaration says UTF-8, the bytes do not."""
    assert cap.abridge(PLAIN.replace(b"Fog", b"F\xffg"), cap.parse(PLAIN)) is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><alert/>', Reason.UNSAFE),
        ("<alert>", Reason.NOT_WELL_FORMED),
        ("\ud800", Reason.NOT_WELL_FORMED),
    ],
)
def test_what_is_no_abridged_document_is_refused(document: str, reason: Reason) -> None:
    """It comes over the bus, from anybody."""
    with pytest.raises(DocumentError) as refused:
        cap.restore(document, cap.parse(PLAIN))
    assert refused.value.reason is reason


# Validity ----------------------------------------------------------------------------------------


def area(inside: bytes) -> bytes:
    """Return the plain alert with this in its area."""
    return PLAIN.replace(b"</areaDesc>", b"</areaDesc>" + inside)


def info(inside: bytes) -> bytes:
    """Return the plain alert with this before its area."""
    return PLAIN.replace(b"<area>", inside + b"<area>")


HINT = b'<alert xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="a b"'
SIGNATURE = (
    b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#" Id="a b"><s:x>1</s:x></s:Signature>'
)
CASES: dict[str, bytes] = {
    "plain": PLAIN,
    "full": FULL,
    "no namespace": PLAIN.replace(b"urn:oasis:names:tc:emergency:cap:1.2", b""),
    "an older version": PLAIN.replace(b"cap:1.2", b"cap:1.1"),
    "another root": PLAIN.replace(b"alert", b"alarm"),
    "a hint for validators": PLAIN.replace(b"<alert", HINT),
    "a foreign attribute": PLAIN.replace(b"<info>", b'<info a="b">'),
    "a foreign attribute on a leaf": PLAIN.replace(b"<event>", b'<event xml:lang="en">'),
    "a foreign element": PLAIN.replace(b"<info>", b'<x xmlns="urn:x"/><info>'),
    "an element in a leaf": PLAIN.replace(b"Fog", b"<b>Fog</b>"),
    "a text between elements": PLAIN.replace(b"<info>", b"<info>so"),
    "a text behind an element": PLAIN.replace(b"</info>", b"</info>so"),
    "two signatures": PLAIN.replace(b"</alert>", SIGNATURE * 2 + b"</alert>"),
    "out of order": PLAIN.replace(b"<scope>", b"<note/><scope>"),
    "two notes": PLAIN.replace(b"<info>", b"<note>a</note><note>b</note><info>"),
    "no category": PLAIN.replace(b"<category>Met</category>", b""),
    "an empty event": PLAIN.replace(b"Fog", b""),
    "an empty note": PLAIN.replace(b"<info>", b"<note/><info>"),
    "an empty category": PLAIN.replace(b">Met<", b"><"),
    "blanks around a code": PLAIN.replace(b">Met<", b"> Met <"),
    "another case": PLAIN.replace(b"Actual", b"ACTUAL"),
    "UTC as Z": PLAIN.replace(b"08:00:00+08:00", b"08:00:00Z"),
    "UTC with a plus": PLAIN.replace(b"+08:00<", b"+00:00<"),
    "the end of a day": PLAIN.replace(b"08:00:00+", b"24:00:00+"),
    "after the end of a day": PLAIN.replace(b"08:00:00+", b"24:00:01+"),
    "the farthest offset": PLAIN.replace(b"+08:00<", b"-14:00<"),
    "an offset too far": PLAIN.replace(b"+08:00<", b"-14:01<"),
    "no such day": PLAIN.replace(b"-21T", b"-31T"),
    "blanks around a time": PLAIN.replace(b"<sent>", b"<sent>\n "),
    "an empty language": PLAIN.replace(b"<category>", b"<language/><category>"),
    "a language": PLAIN.replace(b"<category>", b"<language> zh-Hans-CN </language><category>"),
    "no language": PLAIN.replace(b"<category>", b"<language>zh_CN</language><category>"),
    "any polygon": area(b"<polygon>here</polygon><polygon/><circle>there</circle>"),
    "a polygon behind a circle": area(b"<circle>1,1 1</circle><polygon>here</polygon>"),
    "decimals": area(b"<altitude> +.50 </altitude><ceiling>7.</ceiling>"),
    "an exponent": area(b"<altitude>1e3</altitude>"),
    "a bare point": area(b"<altitude>.</altitude>"),
    "a negative size": info(
        b"<resource><resourceDesc/><mimeType/><size>-5</size></resource>"
    ),
    "a size with a point": info(
        b"<resource><resourceDesc/><mimeType/><size>5.0</size></resource>"
    ),
    "no media type": info(b"<resource><resourceDesc/></resource>"),
    "half a pair": info(b"<parameter><valueName>a</valueName></parameter>"),
    "an empty pair": info(b"<parameter><valueName/><value/></parameter>"),
}  # fmt: skip


@pytest.mark.parametrize("body", CASES.values(), ids=CASES.keys())
def test_the_official_schema_says_the_same(schema: etree.XMLSchema, body: bytes) -> None:
    """Our own answer to what fits agrees with it, case by case."""
    assert cap.fits_schema(body) is schema.validate(etree.fromstring(body))


def test_the_official_schema_says_the_same_of_real_alerts(
    schema: etree.XMLSchema, data_dir: Path
) -> None:
    """Every real alert, old, signed, broken or not."""
    bodies = [path.read_bytes() for path in data_dir.glob("cap*/*.xml") if "XXE" not in path.name]
    ours = [cap.fits_schema(body) for body in bodies]
    assert ours == [schema.validate(etree.fromstring(body)) for body in bodies]
    assert set(ours) == {True, False}


def test_documents_are_compared_without_blanks_comments_and_prefixes() -> None:
    """All else tells two documents apart."""
    assert cap.same_document(PLAIN, WRITINGS["a prefix"])
    assert cap.same_document(PLAIN, WRITINGS["blanks around a text"])
    assert cap.same_document(PLAIN, cap.trimmed(WRITINGS["a comment before a text"]))
    assert not cap.same_document(PLAIN, WRITINGS["an instruction"])
    assert not cap.same_document(PLAIN, PLAIN.replace(b">Fog<", b">fog<"))
