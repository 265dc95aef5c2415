"""The page's files: nothing from elsewhere, nothing left untranslated, no markup from events."""

import json
import re
from pathlib import Path

import pytest

from liandong.contracts import AdapterState, Deadline, Event, OrderState
from liandong.ops.console.names import names
from liandong.ops.console.web import PAGE

FILES = sorted(path for path in PAGE.rglob("*") if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
NAMESPACES = ("http://www.w3.org/2000/svg",)


def catalogue(language: str) -> dict[str, str]:
    """Return the words of a language."""
    return json.loads((PAGE / "locales" / f"{language}.json").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    """The page works where there is no other network."""
    found = re.findall(r"(?:https?:|wss?:)?//[A-Za-z0-9$][^\s\"'<>`]*", path.read_text("utf-8"))
    hosts = [url for url in found if "://" in url and not url.startswith(NAMESPACES)]
    assert [url for url in hosts if "${location.host}" not in url] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_event_becomes_markup(path: Path) -> None:
    """Text nodes only."""
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\("
    assert re.findall(sinks, path.read_text("utf-8")) == []


def test_both_languages_say_the_same_things() -> None:
    """Each key, with the same gaps to be filled."""
    english, chinese = catalogue("en"), catalogue("zh")
    gaps = re.compile(r"\{\w+\}")
    assert list(english) == list(chinese)
    assert {k: sorted(gaps.findall(v)) for k, v in english.items()} == {
        k: sorted(gaps.findall(v)) for k, v in chinese.items()
    }


def test_every_key_of_the_page_has_words() -> None:
    """Those in the markup, and those that scripts ask for by name."""
    markup = re.findall(r'data-t(?:-\w+)?="([^"]+)"', (PAGE / "index.html").read_text("utf-8"))
    asked = [
        key
        for path in SCRIPTS
        for key in re.findall(r'\bt\(\s*"([\w.]+)"', path.read_text("utf-8"))
    ]
    assert markup
    assert asked
    assert {*markup, *asked} - set(catalogue("en")) == set()


def test_every_code_of_the_contracts_has_words() -> None:
    """A new contract or state needs its Chinese."""
    named = names()
    needed = (
        {f"adapter.{state}" for state in (*AdapterState, "silent")}
        | {f"order.{state}" for state in OrderState if state is not OrderState.OVERDUE}
        | {f"{when}.{deadline}" for deadline in Deadline for when in ("due", "late")}
    )
    assert needed - set(catalogue("zh")) == set()
    assert {f"contract.{contract.event}" for contract in shipped()} < set(named["zh"])
    assert set(named["zh"]) == set(named["en"])


def shipped() -> list[type[Event]]:
    """Return our own contracts, whoever else defines some."""
    return [c for c in Event.known.values() if c.__module__.startswith("liandong.contracts.")]
