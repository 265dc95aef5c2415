"""CAP alerts and alert events say the same, as far as the contract can."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_read, alert_write
from liandong.contracts import (
    ALERTS,
    SEVERITY_OF_COLOUR,
    AlertAcknowledged,
    AlertCancelled,
    AlertIssued,
    AlertUpdated,
    AnyAlert,
    DocumentError,
    Mode,
    Precedence,
    WarningColour,
)


@pytest.fixture
def full(samples: Path) -> cap.Alert:
    """Return the alert with every element."""
    return cap.parse((samples / "full.xml").read_bytes())


def event_of(alert: cap.Alert) -> AnyAlert:
    """Return the event that an alert becomes."""
    event = alert_read.draft(alert).event
    assert isinstance(event, AnyAlert)
    return event


def without_files(alert: cap.Alert) -> cap.Alert:
    """Return the alert without the content of files inside it."""
    infos = tuple(
        replace(
            info,
            resources=tuple(replace(r, deref_uri=None) for r in info.resources),
        )
        for info in alert.infos
    )
    return replace(alert, infos=infos)


def test_an_alert_survives_the_bus(full: cap.Alert) -> None:
    """CAP to event to CAP is the same alert, but for the file inside it."""
    assert alert_write.document(event_of(full), Mode.LIVE) == without_files(full)


def test_every_real_alert_survives_the_bus(data_dir: Path) -> None:
    """All real alerts say the same after the way over the event, positions included."""
    alerts = [cap.parse(path.read_bytes()) for path in (data_dir / "cap").glob("*.xml")]
    again = [alert_write.document(event_of(alert), Mode.LIVE) for alert in alerts]
    assert again == list(map(without_files, alerts))


@pytest.mark.parametrize(
    ("msg_type", "contract"),
    [
        (cap.MsgType.ALERT, AlertIssued),
        (cap.MsgType.UPDATE, AlertUpdated),
        (cap.MsgType.CANCEL, AlertCancelled),
        (cap.MsgType.ACK, AlertAcknowledged),
        (cap.MsgType.ERROR, AlertAcknowledged),
    ],
)
def test_the_contract_says_what_a_message_does(
    full: cap.Alert, msg_type: cap.MsgType, contract: type[AnyAlert]
) -> None:
    """Each message type has one contract, and the message keeps its type."""
    event = event_of(replace(full, msg_type=msg_type))
    assert type(event) is contract
    assert event.msg_type is msg_type
    assert [msg_type in kind.does for kind in ALERTS].count(True) == 1


def test_an_update_keeps_in_order_with_the_alert_that_it_goes_back_to(full: cap.Alert) -> None:
    """All messages of one alert have the key of the first, also where it is named last."""
    first = replace(full, msg_type=cap.MsgType.ALERT, references=(), identifier="a 1")
    second = replace(full, references=(first.reference,), sent=full.sent + timedelta(hours=1))
    third = replace(
        full,
        references=(replace(second, identifier="a-2").reference, first.reference),
        sent=full.sent + timedelta(hours=2),
    )
    keys = {event_of(alert).key() for alert in (first, second, third)}
    assert len(keys) == 1
    assert keys.pop().startswith("a-1-")


def test_places_are_in_metres_and_longitude_first(full: cap.Alert) -> None:
    """CAP has kilometres and latitude first."""
    area = event_of(full).info[0].areas[0]
    assert area.circles[0].radius_m == 2500
    assert area.circles[0].centre.coordinates == (120.55, 31.15)
    assert area.polygons[0].coordinates[0][1] == (120.6, 31.1)


@pytest.mark.parametrize(
    ("status", "mode"),
    [
        (cap.Status.ACTUAL, Mode.LIVE),
        (cap.Status.EXERCISE, Mode.EXERCISE),
        (cap.Status.SYSTEM, Mode.TEST),
        (cap.Status.TEST, Mode.TEST),
        (cap.Status.DRAFT, Mode.TEST),
    ],
)
def test_only_actual_alerts_are_live(full: cap.Alert, status: cap.Status, mode: Mode) -> None:
    """What is not Actual never travels as live."""
    assert alert_read.draft(replace(full, status=status)).mode is mode


@pytest.mark.parametrize(
    ("mode", "status"),
    [(Mode.EXERCISE, cap.Status.EXERCISE), (Mode.TEST, cap.Status.TEST)],
)
def test_a_drill_is_never_written_as_actual(
    full: cap.Alert, mode: Mode, status: cap.Status
) -> None:
    """Even where the event itself says Actual, the mode it travelled in wins."""
    assert alert_write.document(event_of(full), mode).status is status


def test_the_gravest_info_decides_how_soon_people_must_look(full: cap.Alert) -> None:
    """Immediate and Extreme is a flash; a message without info still has priority."""
    mild = replace(full.infos[0], severity=cap.Severity.MINOR)
    assert alert_read.draft(full).precedence is Precedence.FLASH
    assert alert_read.draft(replace(full, infos=(mild,))).precedence is Precedence.ROUTINE
    assert alert_read.draft(replace(full, infos=())).precedence is Precedence.PRIORITY


@pytest.mark.parametrize(("name", "value"), [("预警颜色", "橙色"), ("warningColour", "Orange")])
def test_a_warning_colour_is_read_in_both_languages(full: cap.Alert, name: str, value: str) -> None:
    """Chinese warnings grade by colour; the parameter itself is kept."""
    info = replace(full.infos[0], parameters=(cap.NameValue(name, value),))
    read = event_of(replace(full, infos=(info,))).info[0]
    assert read.warning_colour is WarningColour.ORANGE
    assert read.parameters[0].value == value


def test_a_colour_of_the_bus_is_written_as_a_parameter(full: cap.Alert) -> None:
    """CAP has no element for it."""
    event = event_of(full)
    info = event.info[0].model_copy(update={"parameters": ()})
    written = alert_write.document(event.model_copy(update={"info": (info,)}), Mode.LIVE)
    assert written.infos[0].parameters == (cap.NameValue("warningColor", "red"),)


@pytest.mark.parametrize("colour", WarningColour)
def test_a_colour_and_its_severity_give_each_other_back(
    full: cap.Alert, colour: WarningColour
) -> None:
    """Colour to severity to colour is exact, over CAP and back."""
    info = (
        event_of(full)
        .info[0]
        .model_copy(update={"warning_colour": colour, "severity": SEVERITY_OF_COLOUR[colour]})
    )
    event = event_of(full).model_copy(update={"info": (info,)})
    body = cap.render(alert_write.document(event, Mode.LIVE))
    again = event_of(cap.parse(body)).info[0]
    assert (again.warning_colour, again.severity) == (colour, SEVERITY_OF_COLOUR[colour])
    assert len(set(SEVERITY_OF_COLOUR.values())) == len(WarningColour)


@pytest.mark.parametrize("word", ["Orange", "ORANGE", "橙色", "橙"])
def test_a_colour_where_cap_has_a_severity_is_both(full: cap.Alert, word: str) -> None:
    """Some Chinese systems write it so: read as its severity, kept as the colour, named."""
    body = cap.render(full).replace(b">Extreme<", f">{word}<".encode()).replace(b"red", b"-")
    alert = cap.parse(body)
    info = event_of(alert).info[0]
    assert (info.severity, info.warning_colour) == (cap.Severity.SEVERE, WarningColour.ORANGE)
    assert alert.defects == (f"misspelt-value: /alert/info[1]/severity: {word}",)


def test_a_colour_that_a_parameter_contradicts_wins(full: cap.Alert) -> None:
    """The field is what the region acted on."""
    info = event_of(full).info[0].model_copy(update={"warning_colour": WarningColour.BLUE})
    event = event_of(full).model_copy(update={"info": (info,)})
    written = alert_write.document(event, Mode.LIVE)
    assert alert_read.colour(written.infos[0].parameters) is WarningColour.BLUE


def geocoded(full: cap.Alert, *areas: tuple[str, ...]) -> cap.Alert:
    """Return the alert for areas that name these divisions of China."""
    info, name = full.infos[0], "GB/T 2260-2007"
    coded = tuple(
        replace(info.areas[0], geocodes=tuple(cap.NameValue(name, code) for code in codes))
        for codes in areas
    )
    return replace(full, infos=(replace(info, areas=coded),))


@pytest.mark.parametrize(
    ("areas", "path"),
    [
        ((("320506",),), "cn.32.05.06"),
        ((("320500",),), "cn.32.05"),
        ((("320506", "320507"),), "cn.32.05"),
        ((("320506",), ("330100",)), "cn"),
        ((("320506",), ()), None),
        ((("3205",),), None),
        ((), None),
    ],
)
def test_divisions_of_china_place_the_event(
    full: cap.Alert, areas: tuple[tuple[str, ...], ...], path: str | None
) -> None:
    """The narrowest one that holds every area; where one names none, the adapter's own area."""
    assert alert_read.draft(geocoded(full, *areas)).area == path


def test_a_ceiling_without_altitude_is_named_and_left_out(full: cap.Alert) -> None:
    """CAP allows a ceiling only over an altitude."""
    area = replace(full.infos[0].areas[0], altitude=None)
    draft = alert_read.draft(replace(full, infos=(replace(full.infos[0], areas=(area,)),)))
    assert draft.defects == ("lone-ceiling: /alert/info[1]/area[1]",)


OUT_OF_RANGE = {
    "/alert/info[1]/resource[1]/size": ("<size>5<", "<size>999999999999999999<"),
    "/alert/info[1]/area[1]/circle": ("31.15,120.55 2.5", "31.15,120.55 20041"),
    "/alert/info[1]/area[1]/altitude": ("<altitude>0<", "<altitude>-50001<"),
}


@pytest.mark.parametrize(("where", "change"), OUT_OF_RANGE.items(), ids=OUT_OF_RANGE.keys())
def test_a_number_beyond_all_measure_is_named_and_left_out(
    samples: Path, where: str, change: tuple[str, str]
) -> None:
    """It does not take the alert with it."""
    body = (samples / "full.xml").read_text().replace(*change)
    draft = alert_read.draft(cap.parse(body.encode()))
    assert draft.defects[0].startswith(f"out-of-range: {where}: ")


def test_a_signature_that_nobody_verified_is_named(full: cap.Alert) -> None:
    """Whoever acts on it must not take it for proven."""
    draft = alert_read.draft(replace(full, signed=True))
    assert draft.defects == ("unverified-signature: /alert/Signature",)


def test_many_defects_are_counted_and_cut(full: cap.Alert) -> None:
    """A document with more defects than an event may name is read all the same."""
    draft = alert_read.draft(replace(full, defects=("x" * 300,) * 250))
    assert len(draft.defects) == 100
    assert draft.defects[-1] == "and 151 more"
    assert max(map(len, draft.defects)) == 200


def test_what_the_contract_cannot_hold_is_refused_with_its_place(full: cap.Alert) -> None:
    """A headline longer than any screen is no headline."""
    info = replace(full.infos[0], headline="x" * 2000)
    with pytest.raises(DocumentError) as refused:
        alert_read.draft(replace(full, infos=(info,)))
    assert "headline" in refused.value.where
