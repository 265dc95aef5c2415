"""Scenarios: what a file may say, what is found before a drill begins, and what a line says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts import ConfigurationError, Envelope, OrderIssued, OrderReported
from liandong.contracts.examples import example
from liandong.response.scenario import read_scenario
from liandong.response.scenario_lines import Cue, event_of, findings
from response.drill_plays import FIRE, answered, document, expected, reported, scenario, words

MOMENT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_the_scenario_that_comes_along_is_sound() -> None:
    """And so is the one of these tests."""
    assert findings(read_scenario()) == []
    assert findings(scenario()) == []


def inject(**changed: Any) -> list[dict[str, Any]]:
    """Return one inject, changed."""
    return [{"id": "x", "at": "1m", "title": words("x")} | changed]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"injects": inject() * 2}, "injects: x is there 2 times"),
        ({"injects": inject(to=["xx/fire/1"])}, "injects.x.to: xx/fire/1 is not among the roles"),
        ({"injects": inject(at="2h")}, "injects.x: at is after the end of the drill"),
        (
            {"injects": inject(expected=[expected("r", FIRE, "order.reported", "20m")])},
            "injects.x.expected.r: the drill ends before it is late",
        ),
        (
            {"injects": inject(expected=[expected("r", FIRE, "order.exploded", "1m")])},
            "injects.x.expected.r: there is no contract order.exploded",
        ),
        (
            {"injects": inject(expected=[expected("r", FIRE, "order.reported", "1m", mood="x")])},
            "injects.x.expected.r.where: order.reported has no mood",
        ),
        (
            {"injects": inject(says=[reported(1) | {"data": {"incident_id": "i-1"}}])},
            "injects.x.says[0]: data.summary: expected this field, found nothing",
        ),
        (
            {"injects": inject(says=[reported(1) | {"event": "exercise.ended", "data": {}}])},
            "injects.x.says[0]: exercise.ended is the drill's own to say",
        ),
        (
            {
                "answers": [
                    {
                        "id": "echo",
                        "on": {"event": "order.reported"},
                        "says": [answered("accepted", "1s")],
                    }
                ]
            },
            "answers.echo.says[0]: it answers itself, for ever",
        ),
    ],
)
def test_what_is_wrong_is_found_before_the_drill(changed: dict[str, Any], found: str) -> None:
    """With its place."""
    assert found in findings(scenario(**changed))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("injects = 3", "injects"),
        ("[[injects", "is not TOML"),
        ('lasts = "soon"', "lasts: expected what the contract allows, found a span such as 90s"),
    ],
)
def test_a_file_that_is_no_scenario_says_where(text: str, says: str, tmp_path: Path) -> None:
    """All faults at once."""
    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="scenario") as error:
        read_scenario(path)
    assert says in str(error.value)
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_scenario(tmp_path / "none.toml")


def test_a_line_is_filled_in_from_the_drill_the_clock_and_what_it_answers() -> None:
    """Spans in it are the scenario's: at ten times the speed, five minutes are thirty seconds."""
    order = Envelope.from_document(example("order.issued.v1") | {"mode": "exercise"})
    line = (
        scenario(
            answers=[
                {
                    "id": "a",
                    "on": {"event": "order.issued"},
                    "says": [
                        {
                            "by": FIRE,
                            "event": "order.reported",
                            "data": {
                                "order_id": "{on.order_id}",
                                "state": "in_progress",
                                "until": "{now+5m}",
                                "reported_by": "crew of {drill}",
                            },
                        }
                    ],
                }
            ]
        )
        .answers[0]
        .says[0]
    )
    said = event_of(line, Cue("d-1", MOMENT, 10, order))
    assert isinstance(said, OrderReported)
    assert isinstance(order.data, OrderIssued)
    assert (said.order_id, said.reported_by) == (order.data.order_id, "crew of d-1")
    assert said.until is not None
    assert (said.until - MOMENT).total_seconds() == 30


def test_a_scenario_is_read_from_what_its_file_says() -> None:
    """Both languages stand in what everybody reads."""
    assert str(scenario(name={"en": "Smoke", "zh": "浓烟"}).name) == "Smoke 浓烟"
    assert document()["id"] == scenario().id
