"""The page of a review in a real browser."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.chromium import Page, browsing
from liandong.ops.review.page import render_html
from liandong.ops.review.tongue import Language
from needs import need
from review.test_review_page import NASTY, busy


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """Run a browser; the tab is not open yet."""
    program = need("chromium", "apt-get install chromium")
    async with browsing(program, tmp_path / "profile") as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "zh", "both"])
async def test_a_page_asks_nobody_for_anything_and_the_browser_has_no_complaint(
    page: Page, tmp_path: Path, language: Language
) -> None:
    """It is opened as a file, offline, with text in it that would like to be more."""
    file = tmp_path / "review.html"
    file.write_text(render_html(busy(NASTY), language), "utf-8")
    await page.open(file.as_uri())
    assert await page.run("document.querySelectorAll('svg.sequence text').length") > 5
    assert await page.run("document.scripts.length + document.images.length") == 0
    assert await page.run(f"document.body.innerText.includes({json.dumps(NASTY[:40])})")
    assert await page.run("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.asked == [file.as_uri()]
    assert page.complaints == []
