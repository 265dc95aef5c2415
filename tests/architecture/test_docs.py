"""What is written for people is true: links, commands, names, and both languages alike."""

import re
import shlex
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from project import ROOT, SOURCES, anchors, code_blocks, files, headings, name_of, without_code

from liandong.ops.cli import app

PAGES = files("*.md")
TRANSLATED = [page for page in PAGES if page.name.endswith(".zh-CN.md")]
MAPS = [ROOT / "AGENTS.md", ROOT / "CONTRIBUTING.md"]
FOR_OPERATORS = files("docs/tutorial/*.md", "docs/joint-response/*.md")
MUST_BE_TRANSLATED = {ROOT / "README.md", *FOR_OPERATORS} - set(TRANSLATED)

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")
_PROGRAM = re.compile(r"^(?:\S*/)?liandong$")
_PATH = re.compile(r"[\w.@-]+(?:/[\w.@-]*)+|[\w-]+\.(?:md|py|toml|txt)")


def blocks_of(page: Path) -> list[tuple[str, str]]:
    """Return a page's blocks of code; of a diagram, whose words are translated, that it is one."""
    shown = code_blocks(page.read_text("utf-8"))
    return [(kind, "" if kind == "mermaid" else content) for kind, content in shown]


def english_of(page: Path) -> Path:
    """Return the page that a Chinese one translates."""
    return page.with_name(page.name.replace(".zh-CN.md", ".md"))


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_both_languages_have_the_same_headings(page: Path) -> None:
    """Nothing is said in one language only: the levels agree, one by one."""
    chinese, english = (
        headings(page.read_text("utf-8")),
        headings(english_of(page).read_text("utf-8")),
    )
    assert [level for level, _ in chinese] == [level for level, _ in english]


@pytest.mark.parametrize("page", TRANSLATED, ids=name_of)
def test_both_languages_show_the_same_code(page: Path) -> None:
    """Code is not translated."""
    assert blocks_of(page) == blocks_of(english_of(page))


def test_every_decision_is_listed() -> None:
    """By number, so that a newcomer can read them in order."""
    listed = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert [page.name for page in files("docs/adr/0*.md") if f"({page.name})" not in listed] == []


def test_what_users_read_first_is_there_in_chinese() -> None:
    """README, tutorials, and what operators work by."""
    assert {english_of(page) for page in TRANSLATED} >= MUST_BE_TRANSLATED


def _is_broken(page: Path, link: str) -> bool:
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.is_relative_to(ROOT) or not path.exists():
        return True
    return bool(anchor) and anchor not in anchors(path.read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere_in_the_project(page: Path) -> None:
    """Files and headings; addresses on the network are not tried."""
    links = _LINK.findall(_INLINE.sub("", without_code(page.read_text("utf-8"))))
    inside = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in inside if _is_broken(page, link)] == []


def shown_commands(page: Path) -> list[list[str]]:
    """Return the command lines of ours that a page shows, in blocks or in a sentence."""
    text = page.read_text("utf-8")
    shells = [block for kind, block in code_blocks(text) if kind in {"sh", "console"}]
    lines = "\n".join(shells).splitlines() + _INLINE.findall(without_code(text))
    ours = [line.removeprefix("$ ") for line in lines if "liandong" in line]
    split = [shlex.split(line, comments=True) for line in ours]
    return [words for words in split if len(words) > 1 and _PROGRAM.match(words[0])]


def _unknown(words: list[str]) -> list[str]:
    """Return what the command line does not know of a command: its name, or an option."""
    command: Any = typer.main.get_command(app)
    known, taking = {"--help"}, set[str]()
    rest = words[1:]
    while hasattr(command, "commands"):
        known |= {name for parameter in command.params for name in parameter.opts}
        taking |= {n for p in command.params if not getattr(p, "is_flag", True) for n in p.opts}
        words = (w for before, w in pairwise(["", *rest]) if before not in taking)
        named = next((word for word in words if not word.startswith("-")), None)
        if named is None:
            break
        if named not in command.commands:
            return [named]
        command = command.commands[named]
        rest.remove(named)
    known |= {name for parameter in command.params for name in parameter.opts}
    return [word for word in rest if word.startswith("--") and word not in known]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_shown_exists(page: Path) -> None:
    """With its options: a reader types what is written."""
    assert {shlex.join(w): u for w in shown_commands(page) if (u := _unknown(w))} == {}


def _is_there(name: str) -> bool:
    if name.startswith("liandong."):
        try:
            import_module(name)
        except ImportError:
            return False
    return not _PATH.fullmatch(name) or (ROOT / name).exists()


@pytest.mark.parametrize("page", MAPS, ids=name_of)
def test_a_map_names_only_what_is_there(page: Path) -> None:
    """Files, folders, packages."""
    named = _INLINE.findall(without_code(page.read_text("utf-8")))
    assert [name for name in named if not _is_there(name)] == []


def test_the_map_knows_every_package() -> None:
    """A package that is not on the map is not found."""
    text = MAPS[0].read_text("utf-8")
    packages = {
        f.relative_to(ROOT / source).parts[1]
        for source in SOURCES
        for f in files(f"{source}/liandong/*.py")
    }
    assert [name for name in sorted(packages) if f"liandong.{name}" not in text] == []


@pytest.mark.parametrize("page", [p for p in PAGES if "tutorial" in p.parts], ids=name_of)
def test_a_tutorial_shows_code_that_is_tested(page: Path) -> None:
    """Each block of Python or TOML is a piece of the example, which has tests of its own."""
    example = "".join(f.read_text("utf-8") for f in files("examples/adapter/*.*"))
    shown = code_blocks(page.read_text("utf-8"))
    blocks = [block for kind, block in shown if kind in {"python", "toml"}]
    assert [block for block in blocks if block not in example] == []
    assert blocks
