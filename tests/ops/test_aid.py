"""Mutual aid on the command line: for the borrower, for the lender, in both languages."""

import asyncio
import json
from typing import Any

import pytest

from liandong.bus import connect
from liandong.contracts import AidAnswered, AidCommitted, AidRequested
from liandong.response import Desk
from liandong.response.aid import mutual_aid

LZ, QS = "lz/emergency/linzhou-bureau", "qs/emergency/qingshan-bureau"


def granted(unit: str, answer: str) -> dict[str, Any]:
    """Return a lender's line."""
    return {
        "line_id": unit,
        "response": {"to_line_id": "1", "answer": answer, "response_type": "Accept"},
        "resource": {"unit_id": unit},
        "assignment": {"quantity": {"amount": 1}},
    }


async def test_the_command_shows_requests_offers_and_what_is_lent(
    cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer for who asks, one for who lends; an unknown request is said to be none."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    async with await connect(agency=LZ) as bus:
        desk = Desk(bus, mutual_aid("lz"), b"a secret of this test")
        task = asyncio.create_task(desk.run())
        line = {
            "line_id": "1",
            "resource": {"name": "Hazmat team"},
            "assignment": {"quantity": {"amount": 2}},
        }
        request = {"request_id": "lz-aid-7", "borrower": LZ, "lines": [line]}
        await bus.publish(AidRequested.model_validate(request), area="cn.99")
        reply = {"request_id": "lz-aid-7", "lender": QS, "preceding_message_id": "x"}
        async with await connect(agency=QS) as lender:
            for contract, unit in ((AidAnswered, "Q2"), (AidCommitted, "Q1")):
                said = reply | {"lines": [granted(unit, "in_part")]}
                await lender.publish(contract.model_validate(said), area="cn.99")
        while not ((aid := desk.book.state("lz-aid-7")) and aid.loans):  # noqa: ASYNC110  no bell
            await asyncio.sleep(0.02)
        shown = [
            await asyncio.to_thread(cli, "aid", *options)
            for options in (
                ("--rank",),
                ("--lang", "zh"),
                ("--lender", "qs", "--json"),
                ("--request", "none"),
            )
        ]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    english, chinese, as_json, unknown = shown
    assert "1 granted of 2; offered, nobody has chosen" in english.stdout, english.stderr
    assert f"1. {QS} Q2: offers 1 of 2" in english.stdout
    assert "待选定" in chinese.stdout
    (lent,) = json.loads(as_json.stdout)["lent"]
    assert (lent["unit"], lent["phase"], lent["borrower"]) == ("Q1", "committed", LZ)
    assert unknown.returncode == 3
