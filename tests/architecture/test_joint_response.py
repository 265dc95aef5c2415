"""The pages of joint response: each concern has one, in both languages, with its diagram."""

import re
from pathlib import Path

import pytest
from project import ROOT, files, name_of

import diagrams
from diagrams import diagram
from liandong.contracts import OrderIssued, OrderReported
from liandong.response.concern import Changes, Concern, Move
from liandong.response.concerns import PLACES, concern

PAGES = files("docs/joint-response/*.md")
INDEXES = [page for page in PAGES if page.name.startswith("README")]


def shape(_: object) -> tuple[str, ...]:
    """Stand in for what a concern of a test does not need."""
    return ()


TWO_STEPS = Concern(
    "orders",
    1,
    str,
    (OrderIssued, OrderReported),
    shape,
    lambda state, _event, _now: Changes(state),
    (
        Move("", "order.issued", "issued"),
        Move("issued", "order.reported in_progress", "in_progress"),
        Move("issued", "order.reported accepted", "in_progress"),
        Move("in_progress", "seven days", ""),
    ),
)


def test_every_diagram_is_what_the_code_says() -> None:
    """Who changed a concern's moves forgot a command: the message names it."""
    drawn = diagrams.pages()
    stale = [name_of(path) for path, text in drawn.items() if path.read_text("utf-8") != text]
    assert stale == [], f"{', '.join(stale)} stale: run make docs"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_shows_only_concerns_that_there_are(page: Path) -> None:
    """A new concern is named in ``liandong/response/concerns.py``, or nobody finds it."""
    assert set(diagrams.marked(page.read_text("utf-8"))) <= PLACES.keys()


@pytest.mark.parametrize("name", PLACES)
def test_every_concern_is_found_under_its_name(name: str) -> None:
    """With its default settings."""
    assert concern(name).name == name


@pytest.mark.parametrize("index", INDEXES, ids=name_of)
def test_every_page_is_listed(index: Path) -> None:
    """In its own language."""
    text = index.read_text("utf-8")
    chinese = index.name.endswith(".zh-CN.md")
    mine = {page.name for page in PAGES if page.name.endswith(".zh-CN.md") == chinese}
    assert [name for name in sorted(mine - {index.name}) if f"({name})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_page_leads_to_its_twin(page: Path) -> None:
    """At its top, where a reader of the other language looks."""
    stem = page.name.removesuffix(".md").removesuffix(".zh-CN")
    twin = f"{stem}.md" if page.name.endswith(".zh-CN.md") else f"{stem}.zh-CN.md"
    assert f"]({twin})" in "".join(page.read_text("utf-8").splitlines()[:4])


def test_a_diagram_has_an_arrow_for_every_move() -> None:
    """Moves between the same two phases are one arrow."""
    assert diagram(TWO_STEPS, "en").splitlines() == [
        "stateDiagram-v2",
        '    state "issued" as issued',
        '    state "in progress" as in_progress',
        "    [*] --> issued : order.issued",
        "    issued --> in_progress : order.reported in_progress, order.reported accepted",
        "    in_progress --> [*] : seven days",
    ]


def test_a_diagram_in_chinese_uses_the_contracts_own_words() -> None:
    """What people call an event, a code or a deadline is said once, in the labels."""
    assert diagram(TWO_STEPS, "zh").splitlines()[1:5] == [
        '    state "issued" as issued',
        '    state "执行中" as in_progress',
        "    [*] --> issued : 下达指令",
        "    issued --> in_progress : 指令反馈 执行中、指令反馈 已受理",
    ]


@pytest.mark.parametrize("name", PLACES)
def test_a_diagram_in_chinese_is_in_chinese(name: str) -> None:
    """What no label says is said in ``docs/diagram_words.toml``."""
    lines = diagram(concern(name), "zh").splitlines()[1:]
    said = [re.sub(r" as \w+$|^.* : ", "", line) for line in lines]
    assert [words for words in said if re.search("[A-Za-z]", words.replace("state", ""))] == []


@pytest.mark.parametrize("name", PLACES)
def test_every_concern_has_a_page_with_its_diagram(name: str) -> None:
    """Operators see what the program does, not what somebody drew."""
    shown = [page for page in PAGES if name in diagrams.marked(page.read_text("utf-8"))]
    assert len(shown) == 2, f"no page shows <!-- diagram: {name} --> in both languages"


def test_the_pages_are_reached_from_the_readme() -> None:
    """Nobody finds a page that nothing leads to."""
    for readme in ("README.md", "README.zh-CN.md"):
        assert f"(docs/joint-response/{readme})" in (ROOT / readme).read_text("utf-8")
