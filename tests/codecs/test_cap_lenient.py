"""What reading CAP forgives: each defect has a name, a place and an end that was decided."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from liandong.adapters.codecs import cap
from liandong.contracts import DocumentError, Reason

PLAIN = (Path(__file__).parent.parent / "samples" / "cap" / "plain.xml").read_text()
SHANGHAI = ZoneInfo("Asia/Shanghai")
RING = "1,1 1,2 2,2 1,1"


def read(before: str, after: str) -> cap.Alert:
    """Read the plain alert with one change."""
    assert before in PLAIN
    return cap.parse(PLAIN.replace(before, after).encode(), zone=SHANGHAI)


def area(inside: str) -> cap.Area:
    """Read an area that holds this."""
    return read("</areaDesc>", f"</areaDesc>{inside}").infos[0].areas[0]


FORGIVEN: dict[str, tuple[str, str, str]] = {
    "no namespace": (' xmlns="urn:oasis:names:tc:emergency:cap:1.2"', "", "no-namespace: /alert"),
    "out of order": (
        "<category>Met</category><event>Fog</event>",
        "<event>Fog</event><category>Met</category>",
        "out-of-order: /alert/info[1]/category",
    ),
    "a foreign element": (
        "<info>",
        '<x xmlns="urn:x">1</x><info>',
        "foreign-element: /alert/x",
    ),
    "an element of CAP 1.0": (
        "<scope>",
        "<password>x</password><scope>",
        "foreign-element: /alert/password",
    ),
    "an element twice": (
        "<event>Fog</event>",
        "<event>Fog</event><event>Haze</event>",
        "repeated-element: /alert/info[1]/event",
    ),
    "no category": (
        "<category>Met</category>",
        "",
        "missing-element: /alert/info[1]/category",
    ),
    "no severity": (
        "<severity>Minor</severity>",
        "",
        "missing-element: /alert/info[1]/severity",
    ),
    "another case": ("Actual", "ACTUAL", "misspelt-value: /alert/status: ACTUAL"),
    "a word of CAP 1.0": (
        ">Likely<",
        ">Very Likely<",
        "misspelt-value: /alert/info[1]/certainty: Very Likely",
    ),
    "a word of nobody": (
        ">Minor<",
        ">Tiny<",
        "unreadable: /alert/info[1]/severity: Tiny",
    ),
    "an unreadable time": (
        "<area>",
        "<expires>soon</expires><area>",
        "unreadable: /alert/info[1]/expires: soon",
    ),
    "a time beyond UTC": (
        "<area>",
        "<expires>9999-12-31T23:59:59-05:00</expires><area>",
        "unreadable: /alert/info[1]/expires: 9999-12-31T23:59:59-05:00",
    ),
    "UTC as Z": ("08:00:00+08:00", "00:00:00Z", "time-form: /alert/sent: 2026-11-21T00:00:00Z"),
    "a fraction": (
        "08:00:00+08:00",
        "08:00:00.25+08:00",
        "time-form: /alert/sent: 2026-11-21T08:00:00.25+08:00",
    ),
    "blanks in a pair": (
        "</areaDesc>",
        "</areaDesc><circle>1, 2 3</circle>",
        "position-form: /alert/info[1]/area[1]/circle[1]: 1, 2 3",
    ),
    "a polygon elsewhere": (
        "</areaDesc>",
        "</areaDesc><polygon>91,1 1,2 2,2 91,1</polygon>",
        "unreadable: /alert/info[1]/area[1]/polygon[1]: 91,1 1,2 2,2 91,1",
    ),
    "a line for a polygon": (
        "</areaDesc>",
        "</areaDesc><polygon>1,1 2,2 1,1</polygon>",
        "unreadable: /alert/info[1]/area[1]/polygon[1]: 1,1 2,2 1,1",
    ),
    "a name with blanks": ("a-1", "a 1", "bad-name: /alert/identifier: a 1"),
    "a bad reference beside a good one": (
        "<info>",
        "<references>a,b a,b,2026-11-21T08:00:00+08:00</references><info>",
        "unreadable: /alert/references: a,b a,b,2026-11-21T08:00:00+08:00",
    ),
    "a language with an underscore": (
        "<category>",
        "<language>zh_CN</language><category>",
        "misspelt-value: /alert/info[1]/language: zh_CN",
    ),
    "a parameter of CAP 1.0": (
        "<area>",
        "<parameter>HSAS=ORANGE</parameter><area>",
        "pair-form: /alert/info[1]/parameter[1]",
    ),
}


@pytest.mark.parametrize(("before", "after", "defect"), FORGIVEN.values(), ids=FORGIVEN.keys())
def test_a_defect_is_named_with_its_place(before: str, after: str, defect: str) -> None:
    """The alert is read all the same, and says what was wrong."""
    assert read(before, after).defects == (defect,)


def test_blanks_before_the_declaration_are_forgiven() -> None:
    """Some feeds put an empty line first, which XML forbids."""
    alert = cap.parse(b'\n<?xml version="1.0"?>' + PLAIN.encode())
    assert alert.defects == ("blank-before-declaration",)


def test_a_byte_order_mark_is_no_defect() -> None:
    """Windows programs write one; with blanks behind it only those are named."""
    assert cap.parse(b"\xef\xbb\xbf" + PLAIN.encode()).defects == ()
    after = cap.parse(b'\xef\xbb\xbf\r\n<?xml version="1.0"?>' + PLAIN.encode())
    assert after.defects == ("blank-before-declaration",)


def test_a_naive_time_takes_the_readers_zone() -> None:
    """08:00 without offset is 08:00 in the zone that the reader was told."""
    alert = read("08:00:00+08:00", "08:00:00")
    assert alert.sent == datetime(2026, 11, 21, 8, tzinfo=SHANGHAI)
    assert [defect.split(":")[0] for defect in alert.defects] == ["time-form", "naive-time"]


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    """XML Schema allows 24:00:00."""
    alert = read("08:00:00+08:00", "24:00:00-00:00")
    assert alert.sent == datetime(2026, 11, 22, tzinfo=UTC)
    assert alert.defects == ()


def test_an_open_polygon_is_closed() -> None:
    """CAP asks that the last position repeats the first."""
    assert area("<polygon>1,1 1,2 2,2</polygon>") == area(f"<polygon>{RING}</polygon>")


def test_what_is_unreadable_beside_what_is_readable_is_left_out() -> None:
    """One bad polygon does not take the good one with it."""
    polygons = area(f"<polygon>here</polygon><polygon>{RING}</polygon>").polygons
    assert len(polygons) == 1


def test_several_pairs_in_one_element_are_kept() -> None:
    """One American feed puts two geocodes in one element."""
    found = area(
        "<geocode><valueName>FIPS6</valueName><value>1</value>"
        "<valueName>UGC</valueName><value>2</value></geocode>"
    )
    assert found.geocodes == (cap.NameValue("FIPS6", "1"), cap.NameValue("UGC", "2"))


def test_empty_elements_are_no_elements() -> None:
    """Many senders write every optional element, empty or not."""
    alert = read("<info>", "<note/><addresses> </addresses><references></references><info>")
    assert (alert.note, alert.addresses, alert.references) == (None, (), ())
    assert alert.defects == ()


@pytest.mark.parametrize("offset", [timedelta(hours=14), -timedelta(hours=14)])
def test_a_value_keeps_its_offset(offset: timedelta) -> None:
    """Local time is information: it is not turned into UTC."""
    sign = "+" if offset > timedelta(0) else "-"
    assert read("+08:00<", f"{sign}14:00<").sent.utcoffset() == offset


REFUSED: dict[str, tuple[str, str, str]] = {
    "identifier": ("<identifier>a-1</identifier>", "", "/alert/identifier"),
    "sender": ("s.example", " ", "/alert/sender"),
    "sent": ("2026-11-21T08:00:00+08:00", "today", "/alert/sent"),
    "status": ("Actual", "Real", "/alert/status"),
    "message type": (">Alert<", ">Alarm<", "/alert/msgType"),
    "scope": ("<scope>Public</scope>", "", "/alert/scope"),
    "addressees": ("Public", "Private", "/alert/addresses"),
    "restriction": ("Public", "Restricted", "/alert/restriction"),
    "what is cancelled": (">Alert<", ">Cancel<", "/alert/references"),
    "the event": ("<event>Fog</event>", "", "/alert/info[1]/event"),
}


@pytest.mark.parametrize(("before", "after", "where"), REFUSED.values(), ids=REFUSED.keys())
def test_what_must_not_be_guessed_is_refused(before: str, after: str, where: str) -> None:
    """A wrong guess at these could tell the wrong people, or call a drill real."""
    with pytest.raises(DocumentError) as refused:
        read(before, after)
    assert (refused.value.reason, refused.value.where) == (Reason.BREAKS_STANDARD, where)


def test_what_is_no_alert_is_unsupported() -> None:
    """Another vocabulary is told apart from a broken alert."""
    with pytest.raises(DocumentError) as refused:
        cap.parse(b"<feed/>")
    assert refused.value.reason is Reason.UNSUPPORTED
