"""Figures of clocks, against those computed straight from real dispatch records."""

import csv
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from liandong.adapters.fire.dispatch import DispatchRecords, DispatchSettings
from liandong.adapters.sdk import Journal
from liandong.adapters.sdk.seal import seal
from liandong.contracts import Envelope
from liandong.response.clock_figures import Figure, clock_figures
from liandong.response.clock_rules import read_clock_rules

pytestmark = pytest.mark.timeout(200)  # ten thousand rows, through the adapter
FIRE, AREA = "qs/fire/119", "us.ca.075"
RULES = read_clock_rules()
NOW = datetime(2020, 4, 21, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Los_Angeles")
Times = dict[str, datetime]


@pytest.fixture(scope="module")
def records(data_dir: Path) -> Path:
    """Return the fire department's file."""
    return data_dir / "dispatch" / "sffd-calls-2020-04.csv"


@pytest.fixture(scope="module")
def rows(records: Path) -> list[tuple[str, Times]]:
    """Return each row's call and times, read without any code of the project."""
    with records.open(newline="", encoding="utf-8") as file:
        return [(row["Call Number"], dict(_times(row))) for row in csv.DictReader(file)]


def _times(row: dict[str, str]) -> Iterator[tuple[str, datetime]]:
    for column in ("Received", "Dispatch", "Response", "On Scene"):
        if text := row[f"{column} DtTm"]:
            moment = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=ZONE)
            yield column, moment.astimezone(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def events(records: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Envelope]:
    """Return what the adapter makes of the file."""
    settings = DispatchSettings.model_validate({"name": "files", "agency": FIRE, "area": AREA})
    with Journal(tmp_path_factory.mktemp("journal") / "journal.db") as journal:
        source = DispatchRecords(settings, journal)
        source.paths = (records,)
        return [
            seal(draft, document, settings, b"a secret of this test")
            async for document in source.documents()
            for draft in source.translate(document)
        ]


@pytest.fixture(scope="module")
def figures(events: list[Envelope]) -> dict[str, Figure]:
    """Return the figures by clock: the file has one agency and one area."""
    found = clock_figures(events, RULES, NOW)
    assert {(one.agency, one.area) for one in found} == {(FIRE, AREA)}
    return {one.clock: one for one in found}


def by_unit(rows: list[tuple[str, Times]], start: str, stop: str) -> list[float]:
    """Return how long each unit took, in seconds."""
    return [(t[stop] - t[start]).total_seconds() for _, t in rows if start in t and stop in t]


def by_call(rows: list[tuple[str, Times]], start: str, stop: str) -> list[float]:
    """Return how long each call took until the first of its units was so far, in seconds."""
    calls: dict[str, list[Times]] = defaultdict(list)
    for call, times in rows:
        calls[call].append(times)
    return [
        (min(t[stop] for t in found if stop in t) - found[0][start]).total_seconds()
        for found in calls.values()
        if any(stop in t for t in found)
    ]


def least_that_holds(values: Iterable[float], share: float) -> float:
    """Return the least value that at least this share of them does not exceed."""
    ordered = sorted(values)
    enough = math.ceil(share * len(ordered))
    return next(value for value in ordered if bisect_right(ordered, value) >= enough)


@pytest.mark.parametrize(
    ("clock", "counted", "start", "stop"),
    [
        ("react", by_call, "Received", "Dispatch"),
        ("attend", by_call, "Received", "On Scene"),
        ("roll", by_unit, "Dispatch", "On Scene"),
        ("turnout", by_unit, "Dispatch", "Response"),
    ],
)
def test_figures_are_those_of_the_file(
    clock: str,
    counted: Callable[..., list[float]],
    start: str,
    stop: str,
    rows: list[tuple[str, Times]],
    figures: dict[str, Figure],
) -> None:
    """Count, percentiles and what was late, of calls and of units."""
    times = counted(rows, start, stop)
    figure = figures[clock]
    limit = next(rule.thresholds_s[0] for rule in RULES.clock if rule.name == clock)
    assert figure.times_s == tuple(sorted(times))
    assert [figure.percentile(p) for p in (50, 90, 95)] == [
        least_that_holds(times, share) for share in (0.5, 0.9, 0.95)
    ]
    assert sum(time > limit for time in figure.times_s) == sum(time > limit for time in times)


def test_what_never_came_is_counted_apart(
    rows: list[tuple[str, Times]], figures: dict[str, Figure]
) -> None:
    """A unit freed before it arrived is void; a call nobody arrived at waits, then is given up."""
    arrived = by_unit(rows, "Dispatch", "On Scene")
    assert figures["roll"].count + figures["roll"].void + figures["roll"].running == len(rows)
    assert figures["roll"].void >= len(rows) - len(arrived) - 2  # two rows say no end
    calls = len({call for call, _ in rows})
    attend = figures["attend"]
    assert attend.count + attend.running + attend.unended == calls
    assert attend.running > 0
    assert attend.unended > 0
