"""Dispatch records: every call once, every unit's states, and what is wrong with a row by name."""

from collections import Counter
from pathlib import Path

import pytest

from liandong.adapters.fire.dispatch import DispatchRecords, DispatchSettings
from liandong.adapters.sdk import Document, Draft, Journal, run
from liandong.adapters.sdk.seal import seal
from liandong.bus import Bus
from liandong.contracts import (
    Code,
    DocumentError,
    Event,
    IncidentReported,
    Point,
    UnitStatus,
)

SETTINGS = DispatchSettings.model_validate(
    {"name": "dispatch", "agency": "lz/fire/springs", "area": "lz.1"}
)
HEADER = (
    "Call Number,Unit ID,Call Type,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,"
    "On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm,Address,City,Battalion,"
    "Final Priority,Unit Type,Number of Alarms,Location\n"
)
ROW = (
    "7,E1,Structure Fire,01/02/2026 08:00:00 AM,01/02/2026 08:00:30 AM,01/02/2026 08:01:00 AM,"
    "01/02/2026 08:02:00 AM,01/02/2026 08:06:00 AM,,,01/02/2026 09:00:00 AM,100 Block of ELM ST,"
    'Springs,B02,3,ENGINE,1,"(37.5, -122.5)"\n'
)


@pytest.fixture
def source(journal: Journal) -> DispatchRecords:
    """Return the adapter, not running."""
    return DispatchRecords(SETTINGS, journal)


def read(source: DispatchRecords, row: str = ROW, header: str = HEADER) -> list[Draft]:
    """Translate one row."""
    body = (header + row).encode()
    return list(source.translate(Document(body, "test:1", "test", "text/csv; charset=utf-8")))


def test_a_row_is_its_call_and_what_its_unit_did(source: DispatchRecords) -> None:
    """One report of the call, and a state for each time, with the times in UTC."""
    call, *states = read(source)
    incident = call.event
    assert isinstance(incident, IncidentReported)
    assert incident.incident_id == "springs-7"
    assert incident.incident_type == "FSTRU"
    assert incident.local_type == Code(local="Structure Fire", system="sffd:Call Type")
    assert incident.disciplines == ("fire",)
    assert incident.location.point == Point.at(-122.5, 37.5)
    assert incident.alarm_level == 1
    assert f"{call.time:%FT%TZ}" == "2026-01-02T16:00:30Z"
    assert call.precedence == "immediate"
    told = [(s.event.secondary_status, f"{s.time:%H:%M}") for s in states]  # type: ignore[attr-defined]
    assert told == [
        ("Dispatched", "16:01"),
        ("EnRoute", "16:02"),
        ("OnScene", "16:06"),
        ("Cleared", "17:00"),
    ]


def test_a_later_export_names_the_place_otherwise(source: DispatchRecords) -> None:
    """Another column, and longitude first as WKT has it."""
    header, row = HEADER.replace("Location", "case_location"), ROW
    row = row.replace("(37.5, -122.5)", "POINT (-122.5 37.5)")
    incident = read(source, row, header)[0].event
    assert isinstance(incident, IncidentReported)
    assert incident.location.point == Point.at(-122.5, 37.5)


def test_a_unit_is_available_only_at_the_end(source: DispatchRecords) -> None:
    """All its states but the last say that it cannot be sent; all name it and the call."""
    units = [d.event for d in read(source) if isinstance(d.event, UnitStatus)]
    assert [unit.primary_status for unit in units] == ["NotAvailable"] * 3 + ["Available"]
    assert {(u.unit_id, u.incident_id, u.resource_type) for u in units} == {
        ("E1", "springs-7", "StructureFireEngineType1")
    }


def test_every_row_of_a_call_reports_the_same_incident(source: DispatchRecords) -> None:
    """Another unit's row gives the same id for the call, and its own for its states."""
    rows = [read(source), read(source, ROW.replace(",E1,", ",T2,"))]
    document = Document(b"", "test", "test")
    ids = [[seal(draft, document, SETTINGS, b"secret").id for draft in row] for row in rows]
    assert ids[0][0] == ids[1][0]
    assert not set(ids[0][1:]) & set(ids[1])


def test_times_out_of_order_are_named(source: DispatchRecords) -> None:
    """The row is read all the same, and the defect says which times."""
    drafts = read(source, ROW.replace("09:00:00 AM", "08:05:59 AM"))
    (defect,) = drafts[-1].defects
    assert defect.startswith(
        "times out of order: available 2026-01-02T16:05:59Z is before on_scene"
    )


def test_an_unknown_code_is_kept(source: DispatchRecords) -> None:
    """A kind of call and of unit that the table does not know stay as they stood."""
    row = ROW.replace("Structure Fire", "Meteor").replace("ENGINE", "BALLOON")
    incident, unit, *_ = (draft.event for draft in read(source, row))
    assert isinstance(incident, IncidentReported)
    assert isinstance(unit, UnitStatus)
    assert (incident.incident_type, incident.disciplines, incident.summary) == (None, (), "Meteor")
    assert unit.local_type == Code(local="BALLOON", system="sffd:Unit Type")
    assert unit.resource_type is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace("7,E1", ",E1"), "column 'Call Number': expected a value for call"),
        (ROW.replace("7,E1", "7,"), "column 'Unit ID': expected a value for unit"),
        (
            ROW.replace("01/02/2026 08:00:00 AM", "early"),
            r"expected a time written as .*, found 'early'",
        ),
    ],
)
def test_a_row_without_its_essentials_is_refused(
    source: DispatchRecords, row: str, message: str
) -> None:
    """No call, no unit or no time: the error names the column."""
    with pytest.raises(DocumentError, match=message):
        read(source, row)


def test_a_value_that_the_contract_does_not_allow_is_left_out(source: DispatchRecords) -> None:
    """A thousand alarms are a defect; the call is reported."""
    call = read(source, ROW.replace("ENGINE,1", "ENGINE,1000"))[0]
    assert isinstance(call.event, IncidentReported)
    assert call.event.alarm_level is None
    assert call.defects[0].startswith("value not allowed: alarm_level")


async def drafts_of(source: DispatchRecords, path: Path) -> list[tuple[Draft, ...]]:
    """Read and translate a whole export."""
    source.paths = (path,)
    return [tuple(source.translate(document)) async for document in source.documents()]


async def test_a_real_export_is_read_whole(source: DispatchRecords, data_dir: Path) -> None:
    """10,410 rows are 5,292 calls and 10,410 responses; one row's times are out of order."""
    rows = await drafts_of(source, data_dir / "dispatch" / "sffd-calls-2020-04.csv")
    events: list[Event] = [draft.event for row in rows for draft in row]
    counted = {pair for event in events for pair in source.tally(event)}
    assert len(rows) == 10_410
    assert Counter(name for name, _ in counted) == {"incidents": 5_292, "unit_responses": 10_410}
    reports = {e.incident_id: e for e in events if isinstance(e, IncidentReported)}
    assert all(reports[e.incident_id] == e for e in events if isinstance(e, IncidentReported))
    unmapped = {r.local_type and r.local_type.local for r in reports.values() if not r.disciplines}
    assert unmapped == {"Other"}
    defects = Counter(d.split(":")[0] for row in rows for d in {d for r in row for d in r.defects})
    assert defects == {"times out of order": 1, "hospital times out of order": 16}


async def test_a_dropped_export_reaches_the_bus_once(
    tmp_path: Path, journal: Journal, bus: Bus
) -> None:
    """Two rows of one call are nine events; the same file again is none."""
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + ROW + ROW.replace(",E1,", ",T2,"))
    counts: list[int] = []
    for _ in range(2):
        source = DispatchRecords(SETTINGS, journal)
        source.paths = (path,)
        await run(source, bus)
        counts.append(source.health.counters.published)
    assert counts == [9, 0]
