"""Early warning on a real server, and ``liandong warnings``: one correlation, from end to end."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from typer.testing import CliRunner

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import ClockBreached, ClockStopped, Envelope, Event, RiskConclusion
from liandong.ops.cli import app
from liandong.response import Desk
from liandong.response.early_warning import warnings
from response.warning_words import ALERT, LEAD, NOTICER, RULES, clue, judgement, proposal

SECRET = b"a secret of this test"


async def say(server: Server, agency: str, data: Event, cause: Envelope | None = None) -> Envelope:
    """Say something as an agency, as an answer to what it follows from."""
    async with await connect(servers=(server.url,), agency=agency) as bus:
        if cause is None:
            return (await bus.publish(data, area="cn.99.01")).envelope
        answer = cause.answer(data, source=bus.agency, time=datetime.now(UTC))
        await bus.send(answer)
        return answer


async def test_who_is_late_is_chased_under_the_clues_correlation(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """The authority lets its time pass; once it has warned, the next step waits."""
    desk = asyncio.create_task(Desk(bus, warnings(RULES), SECRET).run())
    first = await say(nats_server, str(NOTICER), clue().data)
    judged = await say(nats_server, str(LEAD), judgement(1, RiskConclusion.WARN), first)
    soon = datetime.now(UTC) + timedelta(seconds=1.2)
    asked = await say(nats_server, str(LEAD), proposal(soon), judged)
    (late,) = await recorder.wait_for(1, ClockBreached)
    await say(nats_server, "lz/weather/office", ALERT, asked)

    def is_issue(event: Envelope) -> bool:
        return isinstance(event.data, ClockStopped) and event.data.clock == "warning-issue"

    (stop,) = await recorder.wait_for(1, where=is_issue)
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)
    assert isinstance(late.data, ClockBreached)
    assert (late.data.clock, late.data.agency) == ("warning-issue", "lz/weather/office")
    assert {e.correlation for e in (judged, asked, late, stop)} == {first.id}
    shown = await asyncio.to_thread(_warnings, nats_server, "--json")
    (card,) = json.loads(shown)
    waits = [(step["step"], step["owner"]) for step in card["steps"] if not step["ended"]]
    assert (card["phase"], card["level"], waits) == ("tasking", "orange", [("task", str(LEAD))])
    assert [step["step"] for step in card["steps"] if step["late"]] == ["issue"]
    assert "派发任务: lz/emergency/bureau" in await asyncio.to_thread(
        _warnings, nats_server, "--open", "--lang", "zh"
    )


def _warnings(server: Server, *options: str) -> Any:
    done = CliRunner().invoke(app, ["--servers", server.url, "warnings", *options])
    assert done.exit_code == 0, done.output
    return done.stdout
