"""The page in a real browser, on a real bus."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chromium import Page, browsing
from told import AREA, NOON, ordered, reported, updated

from liandong.bus import Bus, Server
from liandong.bus import connect as connect_bus
from liandong.contracts import (
    AdapterHeartbeat,
    AdapterState,
    AlarmName,
    IncidentReported,
    ResponseGrade,
    labels,
)
from liandong.ops.console import serve
from needs import need

REPORTED = labels.of_class(IncidentReported)
BEAT = labels.of_class(AdapterHeartbeat)
NASTY = "<img src=x onerror=alert(1)>\u202egpj.exe\u200b"


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """Run a browser; the tab is not open yet."""
    program = need("chromium", "apt-get install chromium")
    async with browsing(program, tmp_path / "profile") as opened:
        yield opened


def row_says(words: str) -> str:
    """Return a condition: a row of the stream says so."""
    rows = "[...document.querySelectorAll('#rows .row:not([hidden])')]"
    return f"{rows}.some((row) => row.textContent.includes({json.dumps(words)}))"


def text_of(place: str) -> str:
    """Return a script that reads the text of an element."""
    return f"document.querySelector({json.dumps(place)}).textContent"


async def test_an_operator_follows_an_incident_from_the_stream(
    page: Page, bus: Bus, console: str
) -> None:
    """It comes in, is opened, its timeline grows; all of it from this machine alone."""
    await page.open(f"http://{console}/#lang=en")
    await bus.publish(reported(grade=ResponseGrade.II), area=AREA)
    await page.until(row_says(REPORTED.en))
    await page.until("document.querySelector('#incident-list .grade')?.dataset.grade === 'II'")
    await page.run("document.querySelector('#incident-list button').click()")
    await page.until("document.querySelectorAll('.timeline li').length === 1")
    await bus.publish(ordered(), area=AREA)
    await page.until("document.querySelectorAll('.timeline li').length === 2")
    await page.run("document.querySelector('.timeline li:last-child button').click()")
    await page.until("document.querySelector('.json')?.textContent.includes('duty officer')")
    await page.until("document.querySelector('[data-lane=issued] .card') !== null")
    assert "incident=lz-1" in await page.run("location.hash")
    assert page.complaints == []
    assert [url for url in page.asked if f"//{console}/" not in url] == []


async def test_the_language_changes_in_place(page: Page, bus: Bus, console: str) -> None:
    """No reload: what is on the page stays there, in other words."""
    await page.open(f"http://{console}/#lang=en")
    await bus.publish(reported(), area=AREA)
    await page.until(row_says(REPORTED.en))
    await page.run("window.stays = true; document.getElementById('language').click()")
    await page.until(row_says(REPORTED.zh))
    assert await page.run("window.stays")
    assert await page.run("document.documentElement.lang") == "zh-CN"
    assert await page.run(text_of("#incidents-title")) == "警情"


async def test_the_keyboard_reaches_everything(page: Page, bus: Bus, console: str) -> None:
    """Space stands still, j moves down, Enter opens, Escape closes, / is the filter."""
    await page.open(f"http://{console}/#lang=en")
    for number in range(3):
        await bus.publish(updated(f"lz-{number}", note="x"), area=AREA)
    await page.until(row_says("lz-2"))
    await page.press(" ")
    await page.until("document.querySelector('#pause').getAttribute('aria-pressed') === 'true'")
    await bus.publish(updated("lz-3", note="x"), area=AREA)
    await page.until(f"{text_of('#pause')}.includes('1 new')")
    await page.press("j")
    await page.press("j")
    await page.press("Enter")
    await page.until("document.querySelector('.json')?.textContent.includes('lz-1')")
    await page.press("Escape")
    await page.until("document.getElementById('drawer').hidden")
    await page.press("/")
    assert await page.run("document.activeElement.id") == "filter"


async def test_heartbeats_stay_out_of_the_stream_until_they_are_asked_for(
    page: Page, bus: Bus, console: str
) -> None:
    """The filter that leaves them out can be seen, and emptied; the address remembers it."""
    await page.open(f"http://{console}/#lang=en")
    beat = AdapterHeartbeat(
        adapter="beds", kind="x", program_version="1", started=NOON, state=AdapterState.OK
    )
    await bus.publish(beat, area=AREA)
    await bus.publish(reported(), area=AREA)
    await page.until(row_says(REPORTED.en))
    await page.until("document.querySelector('#adapters summary').textContent === '1 ok'")
    assert not await page.run(row_says(BEAT.en))
    await page.run(
        "const filter = document.getElementById('filter'); filter.value = ''; "
        "filter.dispatchEvent(new Event('input'))"
    )
    await page.until(row_says(BEAT.en))
    assert "filter=" in await page.run("location.hash")


async def test_an_alarm_stands_at_the_top_in_the_language_of_the_page(
    page: Page, bus: Bus, console: str
) -> None:
    """With what to do about it; it goes when it is over."""
    await page.open(f"http://{console}/#lang=en")
    label = labels.of_code(AlarmName.GATEWAY_CUT)
    bus.alarms.set(AlarmName.GATEWAY_CUT, NASTY, "lz-qs")
    await page.until("document.querySelectorAll('#alarms li').length === 1")
    assert label.mend_en in await page.run(text_of("#alarms li"))
    assert "⟨U+202E⟩" in await page.run(text_of("#alarms li"))
    await page.run("document.getElementById('language').click()")
    await page.until(f"{text_of('#alarms li')}.includes({json.dumps(label.mend_zh)})")
    bus.alarms.clear(AlarmName.GATEWAY_CUT, "lz-qs")
    await page.until("document.getElementById('alarms').hidden")


async def test_what_an_event_says_is_never_more_than_text(
    page: Page, bus: Bus, console: str
) -> None:
    """Markup stays text, and what would hide or turn round is named."""
    await page.open(f"http://{console}/#lang=en&incident=lz-1")
    await bus.publish(reported(summary=NASTY), area=AREA)
    for place in ("#incident-list .what", "#drawer-title", ".timeline .what"):
        await page.until(f"document.querySelector('{place}')?.textContent.includes('<img src=x')")
        assert not set("\u202e\u200b") & set(await page.run(text_of(place)))
    assert "⟨U+202E⟩gpj.exe⟨U+200B⟩" in await page.run(text_of("#drawer-title"))
    assert await page.run("document.querySelectorAll('main img').length") == 0
    assert page.complaints == []


async def test_a_drill_cannot_be_overlooked(page: Page, nats_server: Server, bus: Bus) -> None:
    """In both languages at once, in the page and in its title."""
    del bus  # its streams are in place
    async with (
        await connect_bus(servers=(nats_server.url,), mode="exercise") as drill,
        serve(drill) as address,
    ):
        await page.open(f"http://{address}/#lang=zh")
        await page.until("!document.getElementById('drill').hidden")
        shown = await page.run(text_of("#drill"))
        assert "NOT REAL" in shown
        assert "演练" in shown
        assert await page.run("document.title") == "[EXERCISE] Liandong 联动"


async def test_a_lost_connection_is_loud_and_honest(page: Page, bus: Bus) -> None:
    """The page keeps what it has, greyed, and says how old it is."""
    async with serve(bus) as address:
        await page.open(f"http://{address}/#lang=en")
        await bus.publish(reported(), area=AREA)
        await page.until(row_says("Smoke"))
        await page.until("document.querySelector('#incident-list .what') !== null")
    await page.until("document.body.dataset.link === 'lost'")
    assert "ago" in await page.run(text_of("#alarm"))
    assert await page.run(row_says("Smoke"))
    filtered = "getComputedStyle(document.querySelector('main')).filter"
    assert "grayscale" in await page.run(filtered)
    port = int(address.rpartition(":")[2])
    async with serve(bus, port=port):
        await page.until("document.body.dataset.link === 'true'")


async def test_a_burst_of_events_leaves_the_page_drawing(
    page: Page, bus: Bus, console: str
) -> None:
    """It draws what is in sight, and counts what it leaves out."""
    await page.open(f"http://{console}/#lang=en")
    await page.until("document.body.dataset.link === 'true'")
    await page.run(
        "window.pictures = 0; const count = () => { window.pictures++; "
        "requestAnimationFrame(count); }; count()"
    )
    flood = [bus.envelope(updated(f"lz-{n}", note="x"), area=AREA) for n in range(4_000)]
    begun = asyncio.get_running_loop().time()
    await bus.send_many(flood)
    await page.until(row_says("lz-3999"))
    seconds = asyncio.get_running_loop().time() - begun
    assert await page.run("window.pictures") / seconds > 10
    assert await page.run("document.querySelectorAll('#rows .row').length") < 60
