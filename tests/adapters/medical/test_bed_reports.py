"""Bed reports to facility status and back: every count, every code. Samples are made up."""

import asyncio
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.adapters.medical.bed_reports import (
    BedReportFiles,
    BedReportFileSettings,
    BedReports,
    BedReportSettings,
)
from liandong.adapters.medical.report_read import Facility, draft
from liandong.adapters.medical.report_write import report_of
from liandong.adapters.sdk import Draft, Journal, Settings, Watcher, read_once, run
from liandong.adapters.sdk.folder import drop
from liandong.bus import Bus, connect
from liandong.bus.server import Server
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AbsentReason,
    Agency,
    BedType,
    DocumentError,
    Envelope,
    FacilityStatus,
    Mode,
    Reason,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
FULL = (Path(__file__).parents[2] / "samples" / "fhir_beds" / "full.json").read_bytes()
AGENCY = Agency("lz", "medical", "health-commission")
CARRIED = {fhir.document.ABSENT, *fhir.document.GEOLOCATIONS, "latitude", "longitude"}
LEFT_OUT = {"id", "evaluatedResource", "subjectResults", "userSelected"}
LEFT_OUT |= {"type", "use", "assigner", "period"}  # of references and identifiers


def said(body: bytes, **changes: Any) -> Draft:
    """Return what a report says, with some of its members changed."""
    document = json.loads(body) | changes
    return draft(fhir.parse(json.dumps(document).encode()), SHANGHAI)


def over_the_wire(found: Draft) -> tuple[Envelope, FacilityStatus]:
    """Return a fact as a subscriber gets it."""
    sent = Envelope(source=AGENCY, area="cn.99.01", mode=found.mode, data=found.event)
    got = Envelope.decode(sent.encode(), strict=True)
    assert isinstance(got.data, FacilityStatus)
    return got, got.data


def back(body: bytes) -> dict[str, Any]:
    """Return a report after it was a facility's status on the bus."""
    return json.loads(fhir.render(report_of(*over_the_wire(said(body)), SHANGHAI)))


def kept(value: Any) -> Any:
    """Return a part of a report without what the adapter says that it does not carry."""
    match value:
        case dict():
            members = {n: kept(v) for n, v in value.items() if n not in LEFT_OUT}
            return {name: one for name, one in members.items() if one not in ([], {})}
        case list():
            return [kept(v) for v in value if not is_unknown_extension(v)]
        case _:
            return value


def is_unknown_extension(value: Any) -> bool:
    """Say whether it is an extension that is not read."""
    return isinstance(value, dict) and "url" in value and value["url"] not in CARRIED


def when(report: dict[str, Any]) -> list[Any]:
    """Return the times of a report, however they are written; the period from start to end."""
    period, date = report.get("period", {}), report.get("date", "")
    spans = [fhir.span(period.get(name, ""), SHANGHAI) for name in ("start", "end")]
    made = fhir.span(date, SHANGHAI)
    return [spans[0] and spans[0][0], spans[1] and spans[1][1], made and made[0]]


def bodies(folder: Path) -> dict[str, bytes]:
    """Return the real reports by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "fhir-beds").glob("*.json"))}


def test_every_real_report_comes_back_with_every_count_and_code(data_dir: Path) -> None:
    """Group by group, member by member, as JSON: over the bus and into a report again."""
    real = bodies(data_dir)
    pairs = {name: (json.loads(body), back(body)) for name, body in real.items()}
    for member in ("measure", "subject", "reporter", "improvementNotation", "group"):
        lost = {n: new.get(member) for n, (old, new) in pairs.items()
                if kept(old.get(member)) != new.get(member)}  # fmt: skip
        assert lost == {}, member
    assert {n: when(new) for n, (old, new) in pairs.items() if when(old) != when(new)} == {}
    assert len(real) >= 24


def test_nothing_of_a_real_report_is_a_defect(data_dir: Path) -> None:
    """What is well formed is not complained of."""
    assert {n: d for n, b in bodies(data_dir).items() if (d := said(b).defects)} == {}


def test_a_report_with_everything_comes_back() -> None:
    """But for the local reference, and for the digits behind the microsecond."""
    old, new = json.loads(FULL), back(FULL)
    contained = old["contained"][0]
    assert new["group"] == kept(old["group"])
    assert new["improvementNotation"] == old["improvementNotation"]
    assert new["subject"] == {
        "identifier": contained["identifier"][0],
        "display": contained["name"],
    }
    assert new["reporter"] == {n: v for n, v in old["reporter"].items() if n != "type"}
    assert (new["period"], when(new)) == (old["period"], when(old))


def test_what_is_said_of_beds_stands_in_common_terms_too() -> None:
    """LOINC counts by themselves; SANER's code may stand on the group alone."""
    status = over_the_wire(said(FULL))[1]
    lines = [
        (b.bed_type, b.baseline_count, b.available_count, b.occupied_count) for b in status.beds
    ]
    assert lines == [(None, 820, None, None), (BedType.ADULT_ICU, None, 1, 23)]
    assert [code.local for code in status.beds[1].codes] == ["112575-6", "112574-9"]


def test_a_count_that_is_not_there_is_not_zero() -> None:
    """None with its reason; zero stays zero."""
    counts = over_the_wire(said(FULL))[1].measures[0].counts
    assert [(one.count, one.absent_reason) for one in counts] == [
        (23, None),
        (1, None),
        (None, AbsentReason.MASKED),
        (0, None),
    ]


DEFECTS = [
    ({"date": "yesterday"}, "time not readable 'yesterday': date"),
    ({"period": {"start": "2026-11-21", "end": "2026-11-01"}}, "ends 2026-11-01 before it starts"),
    ({"reporter": {"reference": "Practitioner/7", "display": "某人"}}, "a person, left out"),
    ({"group": [{"population": [{"count": -3}]}]}, "count -3 beyond 0 to 1000000000"),
    ({"group": [{"code": {"coding": [{"display": "x"}]}}]}, "coding without a code"),
    ({"group": [{"code": {"text": "x" * 1001}}]}, "text of 1001 characters cut to 1000"),
    ({"group": [{"measureScore": {"value": 1, "comparator": "~"}}]}, "score left out, compared as"),
    ({"group": [{"stratifier": [{"stratum": [{"component": [{}]}]}]}]}, "criterion or value"),
    ({"group": [{"population": [{"_count": {"extension": [
        {"url": fhir.document.ABSENT, "valueCode": "lazy"}]}}]}]}, "no reason for absence 'lazy'"),
    ({"group": [{"population": [{"count": 1, "_count": {"extension": [
        {"url": fhir.document.ABSENT, "valueCode": "masked"}]}}]}]}, "count 1 is there and absent"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "defect"), DEFECTS)
def test_what_the_contract_cannot_hold_is_named(changes: dict[str, Any], defect: str) -> None:
    """And the rest is published; no name of a person is in it."""
    found = said(FULL, **changes)
    assert [one for one in found.defects if one.startswith(defect)] == list(found.defects)
    assert found.defects
    assert "某人" not in found.event.model_dump_json() + str(found.defects)


REFUSED = [
    ({"subject": {"reference": "Patient/7", "display": "某人"}}, Reason.UNSUPPORTED),
    ({"subject": {"type": "Person", "identifier": {"value": "某人"}}}, Reason.UNSUPPORTED),
    ({"subject": {"reference": "urn:uuid:7", "display": "某人"}, "type": "individual"},
     Reason.UNSUPPORTED),
    ({"subject": None, "reporter": {"reference": "Practitioner/7"}}, Reason.UNSUPPORTED),
    ({"subject": {"reference": "#elsewhere"}}, Reason.UNSUPPORTED),
    ({"status": "error"}, Reason.UNSUPPORTED),
    ({"status": "pending"}, Reason.UNSUPPORTED),
    ({"date": None, "period": {}}, Reason.BREAKS_STANDARD),
    ({"group": [{"code": {"coding": [{"code": "x" * 201, "system": "urn:x"}]}}]},
     Reason.BREAKS_STANDARD),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), REFUSED)
def test_what_must_not_go_over_the_bus_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    """People, guesses, and what would have to be cut to fit; no error names anybody."""
    with pytest.raises(DocumentError) as error:
        said(FULL, **changes)
    assert error.value.reason is reason
    assert "某人" not in str(error.value)


def test_a_report_about_one_facility_is_taken() -> None:
    """The type says individual, the reference that it is no person."""
    about = {"reference": "https://lz.example/fhir/Location/7/_history/2", "display": "一院"}
    event = said(FULL, type="individual", subject=about).event
    assert isinstance(event, FacilityStatus)
    assert (event.facility_id, event.facility_name) == ("7", "一院")


def test_who_reports_is_the_facility_where_nobody_else_is_named() -> None:
    """As SAFR's bed capacity reports have it; an address of one message is no name."""
    reporter = {"reference": "urn:uuid:4c83e586", "display": "Memorial"}
    event = said(FULL, subject=None, reporter=reporter).event
    assert isinstance(event, FacilityStatus)
    assert (event.facility_id, event.subject) == ("Memorial", None)


@pytest.mark.parametrize("name", ["LZ-YY-0001", "临州市第一人民医院"])
def test_a_facility_that_is_known_has_its_name_on_the_bus(name: str) -> None:
    """Known by what its reports call it."""
    known = Facility(id="lz-first", name="First Hospital", known_as=(name,), area="cn.99.01.02")
    found = draft(fhir.parse(FULL), SHANGHAI, (known,))
    assert (found.event.key(), found.area) == ("lz-first", "cn.99.01.02")


def test_test_data_stays_test_data_both_ways() -> None:
    """HTEST in, and out for what is not live, a drill too."""
    label = {"code": "HTEST", "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason"}
    found = said(FULL, meta={"tag": [label]})
    envelope, status = over_the_wire(replace(found, mode=Mode.TEST))
    modes = {
        mode: report_of(envelope.model_copy(update={"mode": mode}), status, SHANGHAI).labels
        for mode in Mode
    }
    assert (said(FULL).mode, found.mode) == (Mode.LIVE, Mode.TEST)
    assert {mode for mode, labels in modes.items() if labels} == {Mode.TEST, Mode.EXERCISE}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bed-reports.toml", BedReportSettings), ("bed-report-files.toml", BedReportFileSettings)],
)
def test_a_shipped_settings_file_names_every_setting(name: str, kind: type[Settings]) -> None:
    """Who copies it sees all there is to set, the mode aside: that is the site's."""
    written = tomllib.loads((files("liandong.adapters.medical") / name).read_text("utf-8"))
    assert kind.model_validate(written).name == written["name"]
    assert kind.model_fields.keys() - written.keys() == {"mode"}


@pytest.fixture
def settings(tmp_path: Path) -> BedReportSettings:
    """Return the settings of a folder."""
    return BedReportSettings(
        name="beds", agency=str(AGENCY), area="cn.99.01", folder=tmp_path / "in", settled_s=0
    )


async def test_a_dropped_report_is_published_and_put_away(
    bus: Bus, recorder: Recorder, settings: BedReportSettings, journal: Journal, tmp_path: Path
) -> None:
    """It goes to done/ once the bus has it; what is no report goes to rejected/."""
    adapter = BedReports(settings, journal)
    running = asyncio.create_task(run(adapter, bus))
    drop(tmp_path / "in" / "inbox", "bad.json", b'{"resourceType": "Patient"}')
    drop(tmp_path / "in" / "inbox", "beds.json", FULL)
    (envelope,) = await recorder.wait_for(1, FacilityStatus)
    await until(lambda: list((tmp_path / "in" / "done").glob("*beds.json")))
    await until(lambda: list((tmp_path / "in" / "rejected").glob("*bad.json")))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert envelope.data.provenance
    assert envelope.data.provenance.document.startswith("MeasureReport/urn:uuid:0b5e6a3c")
    assert envelope.key == "LZ-YY-0001"


async def test_a_patients_report_stays_at_home(
    bus: Bus, settings: BedReportSettings, journal: Journal, tmp_path: Path
) -> None:
    """Refused, and its dead letter holds a digest and no name."""
    path = drop(tmp_path, "patient.json", FULL.replace(b"#here", "Patient/某人".encode()))
    adapter = BedReports(settings, journal)
    adapter.paths = (path,)
    await read_once(adapter, bus, Watcher())
    (found,) = await bus.dead_letters.list()
    assert (found.letter.kept, found.letter.reason) == ("journal", Reason.UNSUPPORTED)
    assert "某人" not in found.letter.model_dump_json() + found.original.decode()


async def test_the_real_reports_are_read_once(
    bus: Bus, settings: BedReportSettings, journal: Journal, data_dir: Path
) -> None:
    """One event a file, none a dead letter; read again they are the same events."""
    adapter = BedReports(settings, journal)
    adapter.paths = tuple((data_dir / "fhir-beds").glob("*.json"))
    await read_once(adapter, bus, Watcher())
    await read_once(adapter, bus, Watcher())
    statuses = [entry async for entry in bus.history()]
    assert len(statuses) == len(bodies(data_dir))
    assert await bus.dead_letters.list() == []


async def test_a_status_becomes_a_report_file(
    bus: Bus, nats_server: Server, journal: Journal, tmp_path: Path
) -> None:
    """What others counted; not our own, and no status that counts by nobody's measure."""
    told = {
        "name": "out",
        "agency": "hj/medical/centre",
        "area": "cn.98",
        "folder": tmp_path / "out",
    }
    sink = BedReportFiles(BedReportFileSettings(**told), journal)
    async with await connect(servers=(nats_server.url,), agency="hj/medical/centre") as own:
        running = asyncio.create_task(run(sink, own))
        await sink.ready.wait()
        status = said(FULL).event
        await bus.publish(status.model_copy(update={"measures": ()}), area="cn.99.01")
        await own.publish(status, area="cn.98")
        stored = await bus.publish(status, area="cn.99.01")
        await until(lambda: list((tmp_path / "out").glob("*.json")))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    (path,) = (tmp_path / "out").glob("*.json")
    assert fhir.parse(path.read_bytes()).group == fhir.parse(FULL).group
    assert stored.sequence == 3


async def until(true: Callable[[], object]) -> None:
    """Wait until something holds, as long as a test may last."""
    while not true():  # noqa: ASYNC110  files have no event of their own
        await asyncio.sleep(0.01)
