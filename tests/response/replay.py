"""Real dispatch calls played again on a bus, sixty times as fast as they came.

The file (San Francisco Fire Department, April 2020) has sixteen calls an hour. Its fourteen days
are laid over one another, so that some three hundred calls are open at noon: each call keeps the
time of day and the distances in time that its rows have. A day is then moved so that its window
begins now. Events bear those times; a desk that goes by `Replay.pace` lives in the same time.

What is made up, and said to be: the area (the battalion as a level of its own), and the grade (from
the call's final priority), because the file has neither.

    from response.replay import Replay

    replay = Replay.read(data_dir / "dispatch" / "sffd-calls-2020-04.csv")
    replay.start()
    desk = Desk(bus, INCIDENTS, SECRET, pace=replay.pace)
    ...
    await replay.play(bus)          # until the window's end
    replay.calls                    # what the file says, moved the same way, for a reference
"""

import asyncio
import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from liandong.adapters.fire.dispatch import DispatchRecords, DispatchSettings
from liandong.adapters.sdk import Document, Draft, Journal
from liandong.bus import Bus
from liandong.contracts import (
    Code,
    Envelope,
    IncidentCleared,
    IncidentReported,
    Precedence,
    ResponseGrade,
)
from liandong.response import Pace

AGENCY = "sf/fire/sffd"
AREA = "us.ca.075"
ZONE = ZoneInfo("America/Los_Angeles")
SETTINGS = DispatchSettings.model_validate({"name": "dispatch", "agency": AGENCY, "area": AREA})
GRADES = {"3": ResponseGrade.III, "2": ResponseGrade.IV}
"""The grade that a call is given here, by its final priority."""
_FORMAT = "%m/%d/%Y %I:%M:%S %p"
_TICK_S = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the file has it, read without any code of the project, its times moved.

    Attributes:
        incident_id: The name that its incident has on the bus.
        area: Its area.
        grade: Its grade.
        received: When the call was received.
        entered: When it was entered: its incident is reported then.
        over: When the last of its units was free again: its incident is cleared then; None where a
            row does not say.
        rows: The times of each unit's row, by column, such as ``On Scene DtTm``; ``""`` is none.
        units: The units, in the order of the rows.
    """

    incident_id: str
    area: str
    grade: ResponseGrade
    received: datetime
    entered: datetime
    over: datetime | None
    rows: tuple[dict[str, datetime | None], ...]
    units: tuple[str, ...]

    def is_open(self, at: datetime) -> bool:
        """Say whether its incident is open at a moment."""
        return self.entered <= at and (self.over is None or at < self.over)


@dataclass
class Replay:
    """Calls and their events, ready to be played.

    Attributes:
        begins: When the window begins, in the time of the replay.
        ends: When it ends.
        calls: The calls that were entered before it ends and were not over when it began.
        events: All their events, in the order of their times.
        pace: The time of the replay; `start` sets it going.
        played: How many of the events are published.
    """

    begins: datetime
    ends: datetime
    calls: tuple[Call, ...]
    events: tuple[Envelope, ...]
    pace: Pace = field(default_factory=Pace)
    played: int = 0

    @classmethod
    def read(
        cls,
        path: Path,
        *,
        at: time = time(12),
        lasts: timedelta = timedelta(minutes=30),
    ) -> "Replay":
        """Read a window of the days that the file has.

        Args:
            path: The file.
            at: The time of day at which the window begins.
            lasts: How long it is, by the file's clock.
        """
        begins = datetime.now(UTC).replace(microsecond=0)
        ends = begins + lasts
        found = [_call(rows, begins, at) for rows in _by_call(path)]
        wanted = [
            (call, rows, by)
            for call, rows, by in found
            if call.entered < ends and (call.over is None or call.over > begins)
        ]
        with TemporaryDirectory() as folder, Journal(Path(folder) / "journal") as journal:
            records = DispatchRecords(SETTINGS, journal)
            events = [event for one in wanted for event in _events(records, *one)]
        return cls(
            begins,
            ends,
            tuple(call for call, _, _ in wanted),
            tuple(sorted(events, key=lambda event: event.time)),
        )

    def start(self, *, speed: float = 60.0) -> None:
        """Let the window begin now; from here on `pace` is the time of the replay."""
        self.pace = Pace(speed, self.begins, datetime.now(UTC))

    async def play(self, bus: Bus, *, until: datetime | None = None) -> None:
        """Publish the events when they are due, from where it was, until the window's end.

        What was before the window is published at once. Nothing waits for anybody else: a slow
        reader sees it late.

        Args:
            bus: Where; it speaks as `AGENCY`.
            until: Stop at this moment: all up to it is stored then, and nothing after it.
        """
        until = until or self.ends
        while (now := min(self.pace.now(), until)) < until or self._left(until):
            if due := self._left(now):
                await bus.send_many(due)
                self.played += len(due)
            if now < until:
                await asyncio.sleep(_TICK_S)

    def _left(self, until: datetime) -> tuple[Envelope, ...]:
        """Return what is to be published up to a moment."""
        first = self.played
        return self.events[first : bisect_right(self.events, until, first, key=attrgetter("time"))]


def _by_call(path: Path) -> Iterator[list[dict[str, str]]]:
    calls: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            calls[row["Call Number"]].append(row)
    yield from calls.values()


def _call(
    rows: list[dict[str, str]], begins: datetime, at: time
) -> tuple[Call, list[dict[str, str]], timedelta]:
    """Return a call, its rows as they are, and how far its times are moved."""
    first = rows[0]
    entered = _moment(first["Entry DtTm"])
    noon = datetime.combine(entered.astimezone(ZONE).date(), at, ZONE)
    by = begins - noon
    columns = [name for name in first if name.endswith("DtTm")]
    times = tuple({c: _moment(row[c]) + by if row[c] else None for c in columns} for row in rows)
    free = [row["Available DtTm"] for row in times]
    call = Call(
        incident_id=f"sffd-{first['Call Number']}",
        area=f"{AREA}.{first['Battalion'].lower()}",
        grade=GRADES[first["Final Priority"]],
        received=_moment(first["Received DtTm"]) + by,
        entered=entered + by,
        over=None if None in free else max(moment for moment in free if moment),
        rows=times,
        units=tuple(row["Unit ID"] for row in rows),
    )
    return call, rows, by


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _FORMAT).replace(tzinfo=ZONE).astimezone(UTC)


def _events(
    records: DispatchRecords, call: Call, rows: list[dict[str, str]], by: timedelta
) -> Iterator[Envelope]:
    """Yield what the fire department's adapter makes of a call's rows, and the call's end."""
    for number, row in enumerate(rows):
        report, *states = records.translate(_document(row))
        if not number:
            yield _envelope(call, replace(report, event=_report(call, report, by)), by)
        yield from (_envelope(call, state, by) for state in states)
    if call.over:
        code = Code(local=rows[0]["Call Final Disposition"], system="sffd:Call Final Disposition")
        cleared = IncidentCleared(
            incident_id=call.incident_id, cleared=call.over, local_disposition=code
        )
        draft = Draft(cleared, (), call.over - by)
        yield _envelope(call, draft, by)


def _report(call: Call, draft: Draft, by: timedelta) -> IncidentReported:
    report = draft.event
    assert isinstance(report, IncidentReported)
    changes: dict[str, Any] = {"grade": call.grade}
    if report.received:
        changes["received"] = report.received + by
    return report.model_copy(update=changes)


def _envelope(call: Call, draft: Draft, by: timedelta) -> Envelope:
    return Envelope(
        source=SETTINGS.agency,
        time=draft.time + by,
        area=call.area,
        precedence=Precedence(draft.precedence),
        data=draft.event,
    )


def _document(row: dict[str, str]) -> Document:
    """Return a row as the adapter is given it: a header and a line."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(row.keys())
    writer.writerow(row.values())
    return Document("".join(lines).encode(), "replay", "replay", "text/csv; charset=utf-8")


class _Lines:
    """What a csv writer wants to write to."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line)
