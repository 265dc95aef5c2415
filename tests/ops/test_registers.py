"""Asking the registers from the command line, and what the words mean."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from liandong.bus import connect
from liandong.contracts import (
    AvailabilityAnswered,
    BedType,
    Holding,
    Location,
    Point,
    RegisterResource,
    SupplyStatus,
)
from liandong.ops.errors import CommandError
from liandong.ops.registers import Asking, age, code_of, merged
from liandong.response.register_desk import RegisterDesk

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


async def test_who_asks_is_answered_with_distance_and_age(
    cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough ends with 0, too little with 1; what is listed is shown too."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    sandbags = SupplyStatus(
        stock_id="depot-2-sandbags",
        item_name="Sandbags 50 kg 沙袋",
        available_quantity=400,
        stock_quantity=500,
        quantity_unit="piece",
        last_update=datetime.now(UTC),
        location=Location(point=Point.at(118.41, 31.9)),
    )
    question = ("ask", "supplies", "--item", "sandbag", "--near", "31.9,118.4", "--wait", "2")
    async with await connect(agency="lz/centre/desk") as bus:
        desk = asyncio.create_task(RegisterDesk(bus, b"secret").run())
        await bus.publish(sandbags, area="cn.32.05.06")
        found = await asyncio.to_thread(cli, *question, "--area", "cn.32.05", "--json")
        too_few = await asyncio.to_thread(cli, *question, "--count", "401", "--lang", "zh")
        listed = await asyncio.to_thread(cli, "registers", "supplies", "--json")
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
    about = json.loads(found.stdout)
    assert (found.returncode, too_few.returncode, listed.returncode) == (0, 1, 0)
    assert (about["found"], about["answered_by"]) == (400, ["lz/centre/desk"])
    assert about["holdings"][0]["distance_m"] == pytest.approx(944, abs=2)
    assert "0.9 km" in too_few.stdout
    assert "秒" in too_few.stdout
    assert [entry["id"] for entry in json.loads(listed.stdout)] == ["depot-2-sandbags"]


def test_nobody_who_answers_is_told(cli: Any) -> None:
    """An empty answer and no answer are two things."""
    done = cli("ask", "beds", "--wait", "0.5", "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["answered_by"] == []
    assert "nobody answered" in done.stderr


@pytest.mark.parametrize(
    ("asking", "says"),
    [
        (Asking("beds", {"bed_type": "hammock"}), "AdultICU"),
        (Asking("beds", {}, near="here"), "31.98,118.41"),
        (Asking("beds", {}, near="31.9,118.4", within="far"), "40km"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(asking: Asking, says: str) -> None:
    """A person in a hurry sees the right form at once."""
    with pytest.raises(CommandError, match=says):
        asking.question("lz/centre/desk", NOW)


@pytest.mark.parametrize("text", ["Burn", "burn", "BURN"])
def test_a_code_is_found_by_what_people_call_it(text: str) -> None:
    """In any writing."""
    assert code_of(BedType, text) is BedType.BURN


def test_a_code_is_found_in_either_language() -> None:
    """As its label says, blanks and hyphens aside."""
    assert code_of(BedType, "adult-icu") is BedType.ADULT_ICU
    assert code_of(BedType, "烧伤") is BedType.BURN


@pytest.mark.parametrize(
    ("seconds", "says"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (90_000, "1 d")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, says: str) -> None:
    """Nobody counts seconds of days."""
    assert age(seconds, "en") == says


def answer(agency: str, hour: int, count: int) -> AvailabilityAnswered:
    """Return what an agency says of one stock."""
    holding = Holding(
        entry_id="s",
        resource=RegisterResource(kind="supplies", item_name="Sandbag"),
        available_quantity=count,
        holder="lz/fire/119",
        last_update=NOW.replace(hour=hour),
    )
    return AvailabilityAnswered(question_id="q", holdings=(holding,), answered_by=agency)


def test_of_two_words_on_one_stock_the_later_counts() -> None:
    """Two desks may both know it; it is there once."""
    (held,) = merged([answer("lz/centre/desk", 7, 3), answer("qs/centre/desk", 6, 9)])
    assert held.available_quantity == 3
