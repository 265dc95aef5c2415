"""HL7 v2: what is read of a message, and in which character set.

All messages written out here are made up.
"""

import contextlib
import logging
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import hl7v2
from liandong.contracts import DocumentError, Reason

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = "MSH|^~\\&|HIS|第一医院|LD|CENTRE|20261121160000+0800||ADT^{trigger}^ADT_{trigger}|7|P|2.5"
A01 = (
    HEADER.format(trigger="A01") + "||||||UNICODE UTF-8\r"
    "EVN|A01|20261121155500\r"
    "PID|1||P-1^^^HOSP||虚构^某人\r"
    "PV1|1|I|ICU^2^07^第一医院||||||||||||||||V-9^^^HOSP\r"
)
A20 = HEADER.format(trigger="A20") + "\rEVN|A20|20261121155500+0800\rNPU|ICU^2^07|{status}\r"


def read(text: str, encoding: str = "utf-8") -> hl7v2.AdtEvent:
    """Read an ADT message as an adapter does."""
    return hl7v2.read_adt(hl7v2.parse(text.encode(encoding)), zone=SHANGHAI, key=b"made up")


def refusal(text: str) -> DocumentError:
    """Read a message that cannot be read; return why not."""
    with pytest.raises(DocumentError) as refused:
        read(text)
    return refused.value


def test_an_admission_says_who_lies_where_and_when() -> None:
    """Event, place, patient class and time are read; the time without a zone is a defect."""
    event = read(A01)
    assert (event.trigger, event.effect) == ("A01", hl7v2.Effect.LIES)
    assert event.processing is hl7v2.Processing.PRODUCTION
    assert event.time == datetime(2026, 11, 21, 7, 55, tzinfo=UTC)
    assert event.defects == ("EVN-2 has no zone: read in Asia/Shanghai",)
    assert [(stay.patient_class, stay.place) for stay in event.stays] == [
        ("I", hl7v2.Place("第一医院", "ICU", "2", "07"))
    ]


def test_a_patient_appears_only_as_a_keyed_hash() -> None:
    """Neither name nor number is in what is read; another key gives another handle."""
    message = hl7v2.parse(A01.encode())
    first, other = (hl7v2.read_adt(message, zone=SHANGHAI, key=key) for key in (b"a", b"b"))
    assert not any(secret in repr(first) for secret in ("虚构", "某人", "P-1", "V-9"))
    assert first.stays[0].visit != other.stays[0].visit


def test_the_account_or_the_patient_stands_for_a_visit_without_number() -> None:
    """PV1-19, else PID-18, else PID-3: hospitals differ in what they fill in."""
    without = A01.replace("V-9^^^HOSP", "")
    assert len({read(A01).stays[0].visit, read(without).stays[0].visit}) == 2
    assert refusal(without.replace("P-1^^^HOSP", "")).where == "PV1-19"


def test_a_swap_says_where_both_patients_lie() -> None:
    """A17 carries two patients, each with a place of its own."""
    second = "PID|2||P-2\rPV1|2|I|ICU^2^08^第一医院||||||||||||||||V-8\r"
    event = read(A01.replace("ADT^A01", "ADT^A17") + second)
    assert [stay.place.bed for stay in event.stays if stay.place] == ["07", "08"]


@pytest.mark.parametrize("status", list(hl7v2.BedStatus))
def test_a_bed_status_is_read(status: hl7v2.BedStatus) -> None:
    """A20 needs no patient; the facility is the sender's where the place names none."""
    event = read(A20.format(status=status))
    assert event.bed == (hl7v2.Place("第一医院", "ICU", "2", "07"), status)


@pytest.mark.parametrize(
    ("separators", "text"),
    [
        ("standard", A01),
        ("own", A01.replace("|", "!").replace("^", "@").replace("\\&", "\\%")),
        ("lines end in LF", A01.replace("\r", "\n")),
        ("lines end in CR LF", A01.replace("\r", "\r\n")),
        ("a byte order mark", "\ufeff" + A01),
        ("a newline inside a field", A01.replace("虚构^某人", "虚构^某\n人")),
    ],
)
def test_the_place_is_read_however_the_message_is_cut_into_lines(
    separators: str, text: str
) -> None:
    """Separators are the sender's own; CR, LF and CR LF end a segment."""
    assert read(text).stays[0].place == hl7v2.Place("第一医院", "ICU", "2", "07"), separators


@pytest.mark.parametrize(
    ("named", "encoding", "ward"),
    [
        ("UNICODE UTF-8", "utf-8", "亅病房"),
        ("UTF8", "utf-8", "亅病房"),
        ("GB 18030-2000", "gb18030", "亅病房"),
        ("GB18030", "gb18030", "亅病房"),
        ("BIG-5", "big5", "育病房"),
        ("", "utf-8", "亅病房"),
        ("", "gb18030", "亅病房"),
        ("ASCII", "gb18030", "亅病房"),
        ("ASCII~GB 18030-2000", "gb18030", "亅病房"),
    ],
)
def test_chinese_is_read_in_the_character_set_that_the_header_names(
    named: str, encoding: str, ward: str
) -> None:
    """A ward, the second byte of whose name is that of the field separator, comes through whole."""
    text = A01.replace("虚构^某人", "").replace("第一医院", "育亅"[encoding != "big5"])
    place = read(text.replace("UNICODE UTF-8", named).replace("ICU", ward), encoding).stays[0].place
    assert place is not None
    assert place.point_of_care == ward


def test_latin_is_read_where_it_is_named() -> None:
    """In ISO 8859-1 an é before a separator is not the first half of a Chinese character."""
    text = (
        A01.replace("UNICODE UTF-8", "8859/1")
        .replace("第一医院", "Santé")
        .replace("虚构^某人", "x")
    )
    place = read(text, "latin-1").stays[0].place
    assert place is not None
    assert place.facility == "Santé"


def test_text_in_another_character_set_than_it_says_is_refused() -> None:
    """What the header names is believed: guessing could turn one ward into another."""
    with pytest.raises(DocumentError) as refused:
        hl7v2.parse(A01.encode("gb18030"))
    assert refused.value.reason is Reason.WRONG_CHARSET


REFUSED = {
    "nothing": ("", "MSH", Reason.NOT_WELL_FORMED),
    "no message": ("hello", "MSH", Reason.NOT_WELL_FORMED),
    "a header and no more": ("MSH", "MSH", Reason.NOT_WELL_FORMED),
    "separators that are none": ("MSH|||||||||7", "MSH-2", Reason.BREAKS_STANDARD),
    "a batch": (f"BHS|^~\\&\r{A01}", "MSH", Reason.NOT_WELL_FORMED),
    "two messages": (A01 + A01, "MSH", Reason.BREAKS_STANDARD),
    "no control id": (A01.replace("|7|P|", "||P|"), "MSH-10", Reason.BREAKS_STANDARD),
    "another version": (A01.replace("|2.5|", "|3.0|"), "MSH-12", Reason.UNSUPPORTED),
    "another kind": (A01.replace("ADT^A01", "MDM^T02"), "MSH-9.1", Reason.UNSUPPORTED),
    "another event": (A01.replace("ADT^A01", "ADT^A99"), "MSH-9.2", Reason.UNSUPPORTED),
    "another processing id": (A01.replace("|P|", "|X|"), "MSH-11", Reason.UNSUPPORTED),
    "an unknown character set": (A01.replace("UNICODE UTF-8", "KLINGON"), "MSH-18", None),
    "no visit": (A01[: A01.index("PV1")], "PV1", Reason.BREAKS_STANDARD),
    "no bed": (A20.format(status="U").replace("NPU", "ZPU"), "NPU-1", Reason.BREAKS_STANDARD),
    "no bed status": (A20.format(status="X"), "NPU-2", Reason.BREAKS_STANDARD),
    "a place without end": (A01.replace("ICU", "I" * 200), "PV1-3", Reason.OVERSIZE),
    "separators without end": (A01.replace("ICU", "^" * 20_000), "PID and PV1", Reason.OVERSIZE),
}


@pytest.mark.parametrize(("text", "where", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_breaks_the_standard_is_refused_with_its_place(
    text: str, where: str, reason: Reason | None
) -> None:
    """The fault says where, and by its number whether another message would do."""
    error = refusal(text)
    assert error.where == where
    assert error.reason is (reason or Reason.BREAKS_STANDARD)


@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but a DocumentError comes out."""
    for message in (body, b"MSH|^~\\&|" + body, A01.encode()[:80] + body):
        with contextlib.suppress(DocumentError):
            hl7v2.read_adt(hl7v2.parse(message), zone=SHANGHAI, key=b"made up")


@pytest.mark.parametrize("escape", ["\\.sp999999999\\", "\\X4\\", "\\Cxx\\", "\\", "\\\\", "\\.br"])
def test_an_escape_that_is_no_separator_stays_as_it_is(
    escape: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It costs nothing, and no word of a message reaches a log."""
    caplog.set_level(logging.DEBUG)
    place = read(A01.replace("ICU", f"I{escape}CU")).stays[0].place
    assert place is not None
    assert place.point_of_care == f"I{escape}CU"
    assert caplog.text == ""


def test_escaped_separators_are_undone_once() -> None:
    """What escapes the escape character is not taken for the start of another."""
    place = read(A01.replace("ICU", "A\\T\\B \\E\\F\\E\\ \\S\\C")).stays[0].place
    assert place is not None
    assert place.point_of_care == "A&B \\F\\ ^C"


TIMES = {
    "2026": datetime(2026, 1, 1),  # noqa: DTZ001  naive on purpose
    "202611": datetime(2026, 11, 1),  # noqa: DTZ001
    "20261121": datetime(2026, 11, 21),  # noqa: DTZ001
    "202611210830": datetime(2026, 11, 21, 8, 30),  # noqa: DTZ001
    "20261121083015.1234": datetime(2026, 11, 21, 8, 30, 15, 123400),  # noqa: DTZ001
    "20261121083015-0030": datetime(2026, 11, 21, 9, 0, 15, tzinfo=UTC),
    "202611210830+0800": datetime(2026, 11, 21, 0, 30, tzinfo=UTC),
    "2026-11-21": None,
    "20261321": None,
    "20261121083060": None,
    "x": None,
    "": None,
}


@pytest.mark.parametrize(("text", "time"), TIMES.items(), ids=TIMES.keys())
def test_a_time_is_read_to_the_precision_given(text: str, time: datetime | None) -> None:
    """YYYY to fractions of a second, with a zone or none; nothing that only looks like it."""
    assert hl7v2.read_time(text) == time


def test_every_real_message_keeps_its_bytes_and_is_read_or_refused(data_dir: Path) -> None:
    """ADT is read; documents and schedules are refused as unsupported; no byte is lost."""
    bodies = {path.name: path.read_bytes() for path in (data_dir / "hl7v2").glob("*.hl7")}
    for body in bodies.values():
        message = hl7v2.parse(body)
        assert message.text.encode(message.header.codec) == body
    adt = {name for name in bodies if name.startswith("ADT")}
    events = [read(bodies[name].decode()) for name in sorted(adt)]
    assert [event.trigger for event in events] == [name[4:7] for name in sorted(adt)]
    assert all(event.time for event in events)
    reasons = {refusal(bodies[name].decode()).reason for name in bodies.keys() - adt}
    assert reasons == {Reason.UNSUPPORTED}
