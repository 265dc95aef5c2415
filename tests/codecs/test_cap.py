"""CAP: real alerts go round, what we write is valid, hostile bytes end in a reason."""

import resource
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from liandong.adapters.codecs import cap
from liandong.contracts import DocumentError, Reason

SAMPLES = Path(__file__).parent.parent / "samples" / "cap"
FULL = (SAMPLES / "full.xml").read_bytes()
PLAIN = (SAMPLES / "plain.xml").read_bytes()
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def canonical(document: bytes) -> str:
    """Return Canonical XML 2.0 (trimmed text, rewritten prefixes) of what an alert says.

    Left out: the signature, hints for validators, empty elements. UTC is written as CAP asks.
    """
    root = etree.fromstring(document, etree.XMLParser(remove_comments=True, remove_pis=True))
    root.attrib.clear()
    for element in list(root.iter("{*}*")):
        element.text = " ".join((element.text or "").split()).replace("+00:00", "-00:00")
        if not len(element) and not element.text and "alue" not in element.tag:
            element.getparent().remove(element)
    text = etree.tostring(root, encoding="unicode")
    return etree.canonicalize(
        text, strip_text=True, rewrite_prefixes=True, exclude_tags={SIGNATURE}
    )


def read_or_refuse(body: bytes) -> cap.Alert | DocumentError:
    """Return what reading ends in."""
    try:
        return cap.parse(body)
    except DocumentError as error:
        return error


def test_every_valid_real_alert_goes_round_equal(data_dir: Path, schema: etree.XMLSchema) -> None:
    """XML to alert to XML says the same, canonically, for all that the official schema accepts."""
    files = [*(data_dir / "cap").glob("*.xml"), *(data_dir / "cap-signed").glob("*.xml")]
    valid = [body for body in map(Path.read_bytes, files) if schema.validate(etree.XML(body))]
    again = [cap.render(cap.parse(body)) for body in valid]
    assert len(valid) == 27
    assert list(map(canonical, again)) == list(map(canonical, valid))
    assert all(schema.validate(etree.XML(body)) for body in again)


def test_every_real_alert_is_read(data_dir: Path) -> None:
    """CAP 1.0, 1.1 and 1.2 from five countries, signed and not: none is refused."""
    alerts = [cap.parse(path.read_bytes()) for path in (data_dir / "cap").glob("*.xml")]
    versions = sorted(alert.version for alert in alerts)
    assert versions == ["1.0"] + ["1.1"] * 10 + ["1.2"] * 17
    assert sum(alert.signed for alert in alerts) == 9
    assert max(len(alert.defects) for alert in alerts) == 2


def test_what_is_read_from_an_old_version_is_written_as_valid_1_2(
    data_dir: Path, schema: etree.XMLSchema
) -> None:
    """Each of the samples in circulation can be passed on strictly."""
    for path in (data_dir / "cap").glob("*.xml"):
        alert = cap.parse(path.read_bytes())
        body = cap.render(alert)
        schema.assertValid(etree.XML(body))
        assert cap.parse(body) == alert


def test_every_hostile_sample_is_refused_with_a_reason(data_dir: Path) -> None:
    """An attack is UNSAFE; what must not be guessed breaks the standard, and the place is named."""
    ends = {
        path.name: read_or_refuse(path.read_bytes())
        for path in (data_dir / "cap-hostile").glob("*.xml")
    }
    refused = {name: (end.reason, end.where) for name, end in ends.items()}
    assert refused == {
        "google-canada_errors.xml": (Reason.BREAKS_STANDARD, "/alert/references"),
        "google-invalid.xml": (Reason.BREAKS_STANDARD, "/alert/scope"),
        "google-noaa_errors.xml": (Reason.BREAKS_STANDARD, "/alert/info[1]"),
        "google-xee-HOSTILE-XXE.xml": (Reason.UNSAFE, ""),
    }


def test_every_element_is_read_and_written(schema: etree.XMLSchema) -> None:
    """The sample with each element once goes round without loss or defect."""
    alert = cap.parse(FULL)
    body = cap.render(alert)
    schema.assertValid(etree.XML(body))
    assert canonical(body) == canonical(FULL)
    assert alert.defects == ()
    assert alert.addresses == ("desk@a.example", "East Bank Command Post")
    assert alert.reference == cap.Reference(
        "warning@linzhou.example", "LZ-2026-0042", datetime(2026, 11, 21, tzinfo=UTC)
    )
    assert alert.infos[0].areas[0].circles[0].radius_km == Decimal("2.5")


def test_utc_is_written_with_a_minus() -> None:
    """CAP 1.2 §3.3.2 forbids Z and asks for -00:00."""
    alert = replace(cap.parse(PLAIN), sent=datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert b"<sent>2026-11-21T08:00:00-00:00</sent>" in cap.render(alert)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"identifier": "two words"}, "/alert/identifier"),
        ({"sent": datetime(2026, 11, 21)}, "/alert/sent"),  # noqa: DTZ001  naive on purpose
        ({"msg_type": cap.MsgType.CANCEL}, "/alert/references"),
        ({"scope": cap.Scope.RESTRICTED}, "/alert/restriction"),
        ({"scope": cap.Scope.PRIVATE}, "/alert/addresses"),
        ({"note": "a\x00b"}, "/alert/note"),
        ({"addresses": ('a"b',)}, "/alert/addresses"),
    ],
)
def test_what_cap_cannot_say_is_not_written(change: dict[str, object], where: str) -> None:
    """Strict out: the fault names the place."""
    with pytest.raises(DocumentError) as refused:
        cap.render(replace(cap.parse(PLAIN), **change))
    assert refused.value.where == where


BOMBS = {
    "entities": b"<!DOCTYPE a [<!ENTITY a0 'ha'>%s]><alert>&a9;</alert>"
    % b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)),
    "one long entity": b"<!DOCTYPE a [<!ENTITY a '%s'>]><alert>%s</alert>"
    % (b"x" * 500_000, b"&a;" * 100_000),
    "depth": b"<alert>" * 100_000,
    "attributes": b"<alert %s/>" % b" ".join(b'a%d="1"' % n for n in range(150_000)),
    "length": b"<alert>" + b" " * 3_000_000 + b"</alert>",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_in_little_time_and_memory(bomb: bytes) -> None:
    """A process that may use 5 s and 400 MB refuses each attack and says that it is one."""
    program = (
        "import sys; from liandong.adapters.codecs import cap\n"
        "try: cap.parse(sys.stdin.buffer.read())\n"
        "except Exception as error: print(error.reason.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=bomb,
        capture_output=True,
        check=True,
        preexec_fn=_limited,
    )
    assert done.stdout.decode().strip() in {"UNSAFE", "OVERSIZE"}


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
