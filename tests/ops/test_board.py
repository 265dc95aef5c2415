"""The board and the likely duplicates on the command line, in both languages."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liandong.bus import connect
from liandong.contracts import (
    IncidentCleared,
    IncidentOwnershipOffered,
    IncidentReported,
    Location,
    Point,
    ResponseGrade,
)
from liandong.ops.board import Asked
from liandong.ops.errors import CommandError
from liandong.response import Desk
from liandong.response.incidents import INCIDENTS

POLICE, FIRE = "lz/police/110", "lz/fire/119"


def report(name: str, **fields: Any) -> IncidentReported:
    """Return a report of smoke on a quay."""
    place = Location(point=Point.at(120.63, 30.53), place="Quay 3")
    known = {"incident_id": name, "location": place, "summary": "Smoke"}
    return IncidentReported.model_validate(known | fields)


async def test_the_board_and_the_duplicates_are_shown(
    cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is uncleared, whose it is, what was offered; and which two are likely one."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    async with await connect(agency=POLICE) as bus, await connect(agency=FIRE) as fire:
        desk = Desk(bus, INCIDENTS, b"a secret of this test")
        task = asyncio.create_task(desk.run())
        await bus.publish(report("p-1", grade=ResponseGrade.II), area="cn.99.01.03")
        stored = await fire.publish(report("f-1"), area="cn.99.02")
        await bus.publish(report("p-2"), area="cn.99.01")
        now = stored.envelope.time
        await bus.publish(IncidentCleared(incident_id="p-2", cleared=now), area="cn.99.01")
        offer = IncidentOwnershipOffered(
            incident_id="p-1",
            offer_id="o-1",
            offered_by=POLICE,
            offered_to=FIRE,
            answer_by=now,
            decided_by="duty officer",
        )
        await bus.publish(offer, area="cn.99.01.03")
        while not ((one := desk.book.state("p-1")) and one.offer):  # noqa: ASYNC110  no bell
            await asyncio.sleep(0.02)
        shown = [
            await asyncio.to_thread(cli, *words)
            for words in (
                ("board", "--json"),
                ("board", "--uncleared", "--area", "cn.99.01", "--grade", "ii", "--lang", "zh"),
                ("duplicates", "--json"),
            )
        ]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    as_json, chinese, pairs = shown
    about = json.loads(as_json.stdout)
    assert about["uncleared"] == 2
    assert about["grades"] == {"II": 1, "none": 2}
    assert [one["id"] for one in about["incidents"]] == ["p-1", "f-1", "p-2"]
    assert about["incidents"][0]["offered"]["to"] == FIRE
    assert "p-1  Ⅱ级（重大）  cn.99.01.03  lz/police/110  Smoke  Quay 3" in chinese.stdout
    assert "已提出移交给lz/fire/119" in chinese.stdout
    (pair,) = json.loads(pairs.stdout)["pairs"]
    assert [one["id"] for one in pair["incidents"]] == ["p-1", "f-1"]
    assert pair["why"]["en"] == "0 min apart, 0 m apart, kind of one not known"


def test_a_board_that_nobody_keeps_says_so(cli: Any) -> None:
    """An empty board must not look like a quiet city."""
    done = cli("board")
    assert (done.returncode, "nobody keeps the incidents yet" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked(grade="V"), "--grade 'V': say I, II, III or IV"),
        (Asked(older_than="old"), "--older-than 'old': say 90s"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(asked: Asked, message: str) -> None:
    """Before anything is connected."""
    with pytest.raises(CommandError, match=re.escape(message)):
        asked.wanted(datetime.now(UTC))


def test_an_age_is_a_length_of_time() -> None:
    """It is held against the moment at which the board is shown."""
    older_than = Asked(older_than="2h").wanted(datetime.now(UTC)).older_than
    assert older_than
    assert abs(older_than - timedelta(hours=2)) < timedelta(minutes=1)
