"""CAD exports: every call routed, what is no emergency offered on, orders out and answers back."""

import asyncio
import csv
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from liandong.adapters.police.cad import CadExports, CadSettings
from liandong.adapters.police.orders import COLUMNS, CadOrders, CadOrderSettings
from liandong.adapters.sdk import Document, Draft, Journal, run
from liandong.adapters.sdk.folder import drop, list_files
from liandong.bus import Bus
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    Agency,
    AgencyUnavailable,
    ConfigurationError,
    DocumentError,
    Envelope,
    IncidentReported,
    Location,
    Mode,
    OrderIssued,
    OrderReported,
    Point,
    ReferralOffered,
)

MAPPINGS = files("liandong.adapters.police") / "mappings"
AGENCY = "lz/police/110"
HEADER = "接警单编号,接警时间,警情类别,警情级别,警情地点,报警内容,经度,纬度,行政区划代码\r\n"
FIRE = "J001,2026-01-02 08:00:00,危险化学品泄漏,一级,化工路1号,有刺鼻气味,120.62,31.32,320506\r\n"
NOISE = "J002,2026-01-02 08:05:00,噪声扰民,四级,广场,音响太大,120.63,31.33,320506\r\n"
ORDER = OrderIssued(
    order_id="o-1",
    incident_id="i-1",
    addressee=Addressee(agency=AGENCY, unit_id="P3"),
    action="close_road",
    instructions='Close it "now",\nboth sides',
    location=Location(point=Point.at(120.6, 31.3), address="Plant Road"),
    issued_by="incident commander",
    accept_by=datetime(2026, 1, 2, 8, 3, tzinfo=UTC),
)


def cad(journal: Journal, **changes: Any) -> CadExports:
    """Return the adapter, not running."""
    settings = {"name": "cad", "agency": AGENCY, "area": "lz.1", "settled_s": 0.05}
    return CadExports(CadSettings.model_validate(settings | changes), journal)


def cad_orders(journal: Journal, folder: Path) -> CadOrders:
    """Return the sink, not running."""
    settings = {"name": "orders", "agency": AGENCY, "area": "lz.1", "folder": folder}
    return CadOrders(CadOrderSettings.model_validate(settings), journal)


def envelope(mode: Mode = Mode.LIVE) -> Envelope:
    """Return the order on the bus."""
    source = Agency.parse("lz/centre/desk")
    return Envelope(source=source, area="lz.1", data=ORDER, mode=mode)


@asynccontextmanager
async def running(adapter: CadExports | CadOrders, bus: Bus) -> AsyncGenerator[None]:
    """Run an adapter."""
    task = asyncio.create_task(run(adapter, bus))
    await adapter.ready.wait()
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until_done(root: Path) -> None:
    """Wait until a file has reached done/: the folder announces nothing."""
    while not list_files(root / "done"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def drafts_of(source: CadExports, *paths: Path) -> list[tuple[Draft, ...]]:
    """Read and translate whole exports."""
    source.paths = paths
    return [tuple(source.translate(document)) async for document in source.documents()]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_chinese_export_reaches_the_bus(
    journal: Journal, bus: Bus, recorder: Recorder, tmp_path: Path, charset: str
) -> None:
    """In any of its charsets: an incident for four services, a referral to the municipal side."""
    adapter = cad(journal, folder=tmp_path / "cad")
    async with running(adapter, bus):
        drop(tmp_path / "cad" / "inbox", "接警.csv", (HEADER + FIRE + NOISE).encode(charset))
        (incident,) = await recorder.wait_for(1, IncidentReported)
        (referral,) = await recorder.wait_for(1, ReferralOffered)
    assert isinstance(incident.data, IncidentReported)
    assert incident.data.incident_id == "110-J001"
    assert incident.data.incident_type == "HAZMAT"
    assert incident.data.disciplines == ("fire", "police", "medical", "environment")
    assert incident.data.location.point == Point.at(120.62, 31.32)
    assert incident.data.description == "有刺鼻气味"
    assert (incident.area, incident.precedence) == ("cn.32.05.06", "flash")
    assert incident.time == datetime(2026, 1, 2, tzinfo=UTC)
    assert isinstance(referral.data, ReferralOffered)
    assert (referral.data.from_service, referral.data.to_service) == ("police", "municipal")
    assert referral.data.summary == "噪声扰民"


async def test_a_file_that_fits_no_mapping_is_rejected(
    journal: Journal, bus: Bus, tmp_path: Path
) -> None:
    """It goes to rejected/ with a reason, a dead letter holds its head; the next one is read."""
    adapter = cad(journal, folder=tmp_path)
    async with running(adapter, bus):
        drop(tmp_path / "inbox", "menu.csv", b"dish,price\nsoup,3\n")
        drop(tmp_path / "inbox", "calls.csv", (HEADER + FIRE).encode())
        await until_done(tmp_path)
    _, reason = list_files(tmp_path / "rejected")
    assert "expected the columns that one of them needs" in reason.read_text()
    letters = await bus.dead_letters.list()
    assert [found.original for found in letters] == [b"dish,price\nsoup,3\n"]


async def test_a_bad_row_is_a_dead_letter_that_can_be_read_again(
    journal: Journal, bus: Bus, recorder: Recorder, tmp_path: Path
) -> None:
    """It costs no other row; its letter holds header and row, enough to translate it once more."""
    adapter = cad(journal, folder=tmp_path)
    async with running(adapter, bus):
        drop(tmp_path / "inbox", "calls.csv", (HEADER + "J0,soon,火灾\r\n" + FIRE).encode())
        await recorder.wait_for(1, IncidentReported)
        await until_done(tmp_path)
    (letter,) = await bus.dead_letters.list()
    assert letter.original.decode() == HEADER + "J0,soon,火灾\r\n"
    with pytest.raises(DocumentError, match=r"a time written as .*, found 'soon'"):
        adapter.translate(Document(letter.original, "x", "x", letter.letter.media_type))


async def test_every_call_of_a_real_feed_is_routed(journal: Journal, data_dir: Path) -> None:
    """9,227 rows, one of them cut short, are 9,227 incidents for three services."""
    source = cad(journal)
    rows = await drafts_of(source, data_dir / "dispatch" / "montco-911-2015-12_2016-01.csv")
    counted = {pair for row in rows for draft in row for pair in source.tally(draft.event)}
    assert Counter(name for name, _ in counted) == {
        "incidents": 9_227,
        "medical": 4_608,
        "traffic": 3_354,
        "fire": 1_265,
    }
    defects = [draft.defects for row in rows for draft in row if draft.defects]
    assert defects == [
        (
            "row ends early or late: 6 fields for 9 columns",
            "time is rough: timeStamp '2016-01-04'",
        )
    ]


async def test_an_order_becomes_a_file_for_the_cad(journal: Journal, tmp_path: Path) -> None:
    """One row under named columns, whatever its words hold; the same order again, the same file."""
    sink = cad_orders(journal, tmp_path / "orders")
    order = envelope()
    (report,) = [*await sink.deliver(order), *await sink.deliver(order)][1:]
    (path,) = list_files(tmp_path / "orders")
    with path.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == COLUMNS
    assert row["instructions"] == ORDER.instructions
    assert (row["mode"], row["unit_id"], row["longitude"]) == ("live", "P3", "120.6")
    assert row["accept_by"] == "2026-01-02T08:03:00+00:00"
    assert isinstance(report.event, OrderReported)
    assert report.event.state == "received"


async def test_a_drill_says_so_in_the_file(journal: Journal, tmp_path: Path) -> None:
    """An order of an exercise is never taken for a real one."""
    await cad_orders(journal, tmp_path / "orders").deliver(envelope(Mode.EXERCISE))
    (path,) = list_files(tmp_path / "orders")
    assert ",exercise," in path.read_text()


async def test_an_order_that_cannot_be_dropped_is_tried_again(
    journal: Journal, tmp_path: Path
) -> None:
    """A folder that is no folder is the agency's system being down."""
    (tmp_path / "orders").write_text("")
    with pytest.raises(AgencyUnavailable, match="orders folder"):
        await cad_orders(journal, tmp_path / "orders").deliver(envelope())


async def test_answers_to_orders_come_back(journal: Journal, tmp_path: Path) -> None:
    """One row for each, in Chinese or English, with its time or that of receipt."""
    path = tmp_path / "answers.csv"
    path.write_text(
        "order_id,incident_id,unit_id,state,time,until,reason,reported_by\n"
        "o-1,i-1,P3,已受理,2026-01-02T08:02:00+08:00,,,值班长\n"
        "o-2,,P4,refused,2026-01-02T08:02:00+08:00,,no car,desk\n"
    )
    (first,), (second,) = await drafts_of(cad(journal), path)
    assert isinstance(first.event, OrderReported)
    assert (first.event.order_id, first.event.state) == ("o-1", "accepted")
    assert (first.event.reported_by, first.time) == (
        "值班长",
        datetime(2026, 1, 2, 0, 2, tzinfo=UTC),
    )
    assert isinstance(second.event, OrderReported)
    assert (second.event.state, second.event.reason) == ("refused", "no car")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"fire police"', '"fire polite"', "codes.discipline: '火灾' is 'fire polite'"),
        ('"FSTRU"', '"FSTRUC"', "codes.kind: '建筑火灾' is 'FSTRUC', .* near it are FSTRU"),
        ('"incident.reported"', '"unit.status"', "event is 'unit.status'"),
        ('["call", "received", "kind"]', '["call"]', r"requires \['received'\]"),
    ],
)
async def test_a_mapping_is_checked_before_anything_is_read(
    journal: Journal, tmp_path: Path, old: str, new: str, message: str
) -> None:
    """A common code that is none, another event, a need that is not required."""
    shipped = (MAPPINGS / "cad-zh.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        await drafts_of(cad(journal, mapping=tmp_path / "own.toml"), tmp_path)


async def test_without_a_folder_or_a_file_it_says_what_to_set(journal: Journal) -> None:
    """A source that has nothing to read is a mistake in its settings."""
    with pytest.raises(ConfigurationError, match="cad: set its folder, or name the files"):
        await anext(aiter(cad(journal).documents()))
