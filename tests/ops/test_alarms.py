"""Alarms on the command line: named, with what to do, in both languages."""

import asyncio
import json
from typing import Any

import pytest

from liandong.bus import connect
from liandong.contracts import AlarmName, labels
from liandong.ops.alarms import alarms_of


@pytest.mark.parametrize("command", ["status", "doctor"])
async def test_an_alarm_is_named_with_what_to_do(
    command: str, cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who reads either language knows what comes next; a script sees the exit code."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    label = labels.of_code(AlarmName.GATEWAY_CUT)
    async with await connect(agency="lz/fire/119", name="gateway") as bus:
        bus.alarms.set(AlarmName.GATEWAY_CUT, "no way to qs", "lz-qs")
        while not await alarms_of(bus):
            pass
        done = await asyncio.to_thread(cli, command)
        as_json = json.loads((await asyncio.to_thread(cli, command, "--json")).stdout)
    assert done.returncode == 1
    for words in (label.en, label.zh, "lz-qs", "lz/fire/119/gateway", label.mend_en, label.mend_zh):
        assert words in done.stdout
    assert "no way to qs" in json.dumps(as_json)
