"""The demo's own play, reviewed from its log and opened in a real browser."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.chromium import browsing
from liandong.bus import connect
from liandong.contracts import Filter, IncidentCleared
from liandong.ops.review.gather import gathered
from liandong.response.review import Review
from needs import need

LIANDONG = Path(sys.executable).parent / "liandong"


def run(home: Path, *command: str) -> None:
    """Run a command whose state lies in a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LIANDONG_")}
    subprocess.run(
        [LIANDONG, *command],
        env=kept | {"LIANDONG_HOME": str(home)},
        check=True,
        capture_output=True,
    )


async def reviewed() -> Review:
    """Return the review of the incident that the demo's log ends with."""
    async with await connect() as bus:
        log = [entry async for entry in bus.history(Filter(contracts=(IncidentCleared,)))]
        assert log[-1].envelope
        found = await gathered(bus, log[-1].envelope.key)
    assert found
    return found


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_the_demo_is_reviewed_and_its_page_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five orders, one of them passed on; aid from abroad; the page asks nothing of anybody."""
    program = need("chromium", "apt-get install chromium")
    await asyncio.to_thread(run, tmp_path, "demo", "--once", "--json")
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "demo"))
    found = await reviewed()
    page = tmp_path / "review.html"
    command = ("review", found.incident, "--html", str(page), "--lang", "both")
    await asyncio.to_thread(run, tmp_path / "demo", *command)
    assert found.figures.asked["order"] == 6
    assert [e.name[-2:] for e in found.unanswered if e.kind == "order"] == ["t2"]
    asked = [e.agency for e in found.errands if e.kind == "aid"]
    assert asked[0] == "hj/centre/command"
    assert {name.partition("/")[0] for name in asked} == {"hj", "qs", "yp"}
    assert sum(line.count for line in found.timeline) == found.figures.events
    async with browsing(program, tmp_path / "profile") as tab:
        await tab.open(page.as_uri())
        assert await tab.run("document.querySelectorAll('svg.sequence .arrow').length") > 20
        assert (tab.asked, tab.complaints) == ([page.as_uri()], [])
