"""A review as a page, as lines and as JSON: all of it is text, none of it loads anything."""

import json
import re
import time
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.contracts import Mode, OrderState
from liandong.ops.review.delays import by_agency
from liandong.ops.review.page import render_html
from liandong.ops.review.sequence import MOST, sequence
from liandong.ops.review.text import render_text
from liandong.ops.review.tongue import Language, Tongue
from liandong.response.review import Heard, Review
from review.happening import (
    FIRE,
    INCIDENT,
    WORKS,
    answered,
    garbled,
    measured,
    ordered,
    position,
    refused,
    reported,
    reviewed,
)

LANGUAGES: tuple[Language, ...] = ("en", "zh", "both")
NASTY = "</style><script>alert(1)</script><img src=http://x.example/y onerror=alert(2)>\u202egpj"
_LOADS = {"src", "srcset", "action", "data", "poster", "formaction", "background", "ping"}


def busy(summary: str = "Smoke") -> Review:
    """Return a review that has something in every section."""
    return reviewed(
        [
            reported(summary=summary),
            ordered("o-1", 1, action_text=summary, accept_by=30, unit_id="e-1"),
            answered("o-1", OrderState.RECEIVED, 2),
            answered("o-1", OrderState.ACCEPTED, 45),
            ordered("o-2", 50, to=WORKS, accept_by=60),
            position("e-1", 3),
            position("e-1", 4),
            measured(0.5, 5),
            garbled(70),
            refused(80),
        ]
    )


def long_log(events: int) -> list[Heard]:
    """Return the log of a long incident: orders among many positions."""
    orders = [ordered(f"o-{n}", n * 40) for n in range(events // 50)]
    steps = (OrderState.RECEIVED, OrderState.ACCEPTED, OrderState.DONE)
    reports = [
        answered(f"o-{n}", state, n * 40 + 5 * step)
        for n in range(events // 50)
        for step, state in enumerate(steps, 1)
    ]
    told = [reported(), *orders, *reports]
    return told + [position(f"e-{n % 40}", n) for n in range(events - len(told))]


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and whatever it would load."""
        self.tags.append(tag)
        self.loads += [f"{tag} {name}={value}" for name, value in attrs if name in _LOADS]
        self.loads += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.endswith("href") and not (value or "").startswith("#")
        ]

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data


def drawings(page: str) -> list[ET.Element]:
    """Return the drawings of a page, each read as XML."""
    return [
        ET.fromstring(found)  # noqa: S314  our own
        for found in re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_anybody_wrote_becomes_markup(language: Language) -> None:
    """It stands there as it was written; what turns text round is named instead."""
    page = Page(render_html(busy(NASTY), language))
    assert {"script", "img", "link", "iframe"} & set(page.tags) == set()
    assert NASTY.partition("\u202e")[0] in page.text
    assert "\u202e" not in page.text
    assert "\\u202egpj" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_loads_nothing(language: Language) -> None:
    """No address, no import, no font: it opens where there is no network."""
    written = render_html(busy(NASTY), language)
    style = "".join(re.findall(r"<style>(.*?)</style>", written, re.DOTALL))
    assert Page(written).loads == []
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src &#x27;none&#x27;" in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_is_well_formed(language: Language) -> None:
    """So that other programs can open it."""
    found = drawings(render_html(busy(NASTY), language))
    assert {one.tag for one in found} == {"{http://www.w3.org/2000/svg}svg"}
    assert len(found) == len(busy().errands) + 1


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_whatever_is_written_somewhere_the_page_stays_whole(words: str) -> None:
    """Any text at all: control characters, quotes, other scripts."""
    written = render_html(busy(f"x{words}".strip()[:60]), "both")
    assert Page(written).tags.count("section") == len(re.findall("<h2 ", written)) == 7
    assert len(drawings(written)) == len(busy().errands) + 1


def test_a_page_names_what_went_wrong_first() -> None:
    """Who never answered, what came late, what was rejected."""
    wrong = Page(render_html(busy())).text
    assert "never answered · lz/municipal/works" in wrong
    assert "deadline missed · lz/fire/119 e-1" in wrong
    assert "message rejected" in wrong


def test_a_page_of_a_drill_says_so_before_anything_else() -> None:
    """In the language of the page, and at the top."""
    page = Page(render_html(reviewed([reported()], mode=Mode.EXERCISE), "both"))
    body = page.text[page.text.rindex("}") + 1 :]
    assert body.strip().startswith("EXERCISE: none of this is real 演练")


def test_ten_thousand_events_make_a_page_that_can_be_read() -> None:
    """Within seconds; positions stand in few lines, the diagram says what it leaves out."""
    log = long_log(10_000)
    begun = time.perf_counter()
    found = reviewed(log)
    written = render_html(found)
    seconds = time.perf_counter() - begun
    assert seconds < 8, f"{seconds:.1f} s"
    assert len(found.timeline) < 1_000
    assert sum(line.count for line in found.timeline) == 10_000
    assert "positions and measurements of one source each stand in 40 lines" in written
    assert "messages are left out for length" in written
    assert len(written) < 1_500_000


def test_a_diagram_that_is_too_long_keeps_how_it_began_and_how_it_ended() -> None:
    """And says how many messages it leaves out."""
    shown = sequence(reviewed(long_log(2_000)))
    drawn = sum(one.count for one in shown.messages)
    assert len(shown.messages) == MOST
    assert drawn + shown.left_out + shown.measured == 2_000
    assert all(a.time <= b.time for a, b in pairwise(shown.messages))


def test_the_same_message_again_is_one_arrow() -> None:
    """With how often it was said."""
    log = [ordered("o-1", 0), *(answered("o-1", OrderState.IN_PROGRESS, n) for n in (5, 6, 7))]
    assert [one.count for one in sequence(reviewed(log)).messages] == [1, 3]


def test_the_diagram_as_text_has_an_arrow_for_each_message() -> None:
    """From who speaks to who is spoken to; a dot for everybody."""
    log = [reported(), ordered("o-1", 1, to=WORKS), answered("o-1", OrderState.DONE, 2, by=WORKS)]
    lines = render_text(reviewed(log)).splitlines()
    assert [line for line in lines if re.match(r"12:00:0\d  [│●├]", line)] == [
        "12:00:00  ●     │     │  Incident reported",
        "12:00:01  │     ├────▶│  Order issued o-1",
        "12:00:02  │     │◀────┤  Done o-1",
    ]


def test_the_diagram_as_text_crosses_lifelines_and_reaches_several() -> None:
    """One line for one message, however many it is for."""
    log = [
        ordered("o-1", 0, to=FIRE),
        ordered("o-2", 1, to=WORKS),
        answered("o-2", OrderState.DONE, 2, by=WORKS),
    ]
    lines = render_text(reviewed(log)).splitlines()
    assert "12:00:01  ├─────┼────▶│  Order issued o-2" in lines
    assert "12:00:02  │◀────┼─────┤  Done o-2" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_cannot_steer_a_terminal(language: Language) -> None:
    """Nothing but printable characters and ends of lines."""
    written = render_text(busy("\u001b[31mred\u202e"), language)
    assert [c for c in written if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_review_of_a_quiet_incident_says_that_nothing_went_wrong(language: Language) -> None:
    """A reader must not wonder whether something is missing."""
    tongue = Tongue(language)
    said = [one.say("nothing_wrong") for one in tongue.each()]
    assert [one for one in said if one not in render_html(reviewed([reported()]), language)] == []


def test_a_review_as_json_is_read_again_as_it_was() -> None:
    """Other programs make their own figures of it."""
    found = busy()
    assert Review.model_validate_json(found.model_dump_json()) == found
    assert json.loads(found.model_dump_json())["incident"] == INCIDENT


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0.04, "0.0 s", "0.0 秒"),
        (9.96, "10.0 s", "10.0 秒"),
        (42.4, "42 s", "42 秒"),
        (59.7, "1 min", "1 分"),
        (200, "3 min 20 s", "3 分 20 秒"),
        (7_500, "2 h 5 min", "2 小时 5 分"),
        (90_000, "1 d 1 h", "1 天 1 小时"),
        (None, "–", "–"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(
    seconds: float | None, english: str, chinese: str
) -> None:
    """Nobody reads 7,500 seconds."""
    assert Tongue("en").duration(seconds) == english
    assert Tongue("zh").duration(seconds) == chinese


def test_an_agency_that_never_answered_stands_among_those_that_did() -> None:
    """With how often it was asked: no delay is not the best delay."""
    rows = {row.agency: row for row in by_agency(busy())}
    silent = rows[str(WORKS)]
    assert (silent.asked, silent.unanswered, dict(silent.stages)) == (1, 1, {})
    assert rows[str(FIRE)].stages["answered"].median_s == 43
