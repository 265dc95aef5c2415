"""The state diagrams of joint response, drawn from each concern's moves into its pages.

A page says where: what is drawn for a concern stands under its line ``<!-- diagram: orders -->``.
What a phase is called, and what moves it, say ``diagram_words.toml`` and the contracts' labels.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel

from liandong.contracts import Event, labels
from liandong.contracts.base import Vocabulary
from liandong.response.concern import Concern
from liandong.response.concerns import PLACES, concern

FOLDER = Path(__file__).resolve().parent / "joint-response"
WORDS = Path(__file__).resolve().parent / "diagram_words.toml"
Language = Literal["en", "zh"]

_MARKED = re.compile(
    r"^<!-- diagram: (?P<name>[\w-]+) -->\n+(?:```mermaid\n.*?^```\n+)?", re.MULTILINE | re.DOTALL
)
_BETWEEN = {"en": ", ", "zh": "、"}
_ENDS = "[*]"


def marked(text: str) -> list[str]:
    """Return the concerns whose diagrams a page shows."""
    return [found["name"] for found in _MARKED.finditer(text)]


def pages() -> dict[Path, str]:
    """Return every page of joint response, with its diagrams as the code draws them."""
    return {path: _drawn_into(path) for path in sorted(FOLDER.glob("*.md"))}


def diagram(shown: Concern[Any], language: Language) -> str:
    """Return a concern's moves as a Mermaid state diagram; nothing where it has none."""
    if not shown.moves:
        return ""
    say = _speaker(shown, language)
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in shown.moves:
        arrows.setdefault((_token(move.before), _token(move.after)), []).append(say(move.on))
    phases = dict.fromkeys(phase for m in shown.moves for phase in (m.before, m.after) if phase)
    lines = [f'state "{say(phase)}" as {_token(phase)}' for phase in phases]
    lines += [
        f"{before} --> {after} : {_BETWEEN[language].join(dict.fromkeys(on))}"
        for (before, after), on in arrows.items()
    ]
    return "\n    ".join(["stateDiagram-v2", *lines])


def _drawn_into(path: Path) -> str:
    language: Language = "zh" if path.name.endswith(".zh-CN.md") else "en"
    return _MARKED.sub(partial(_block, language), path.read_text("utf-8"))


def _block(language: Language, found: re.Match[str]) -> str:
    name = found["name"]
    drawn = diagram(concern(name), language) if name in PLACES else ""
    block = f"```mermaid\n{drawn}\n```\n\n" if drawn else ""
    return f"<!-- diagram: {name} -->\n\n{block}"


def _token(phase: str) -> str:
    return re.sub(r"\W", "_", phase) or _ENDS


def _speaker(shown: Concern[Any], language: Language) -> Callable[[str], str]:
    """Return what puts a phase, or what moves one, into words."""
    words = tomllib.loads(WORDS.read_text("utf-8"))[language]
    own = words["all"] | words.get(shown.name, {})
    known = own | _codes_and_events(shown) if language == "zh" else own

    def say(text: str) -> str:
        text = str(text)
        said = own.get(text) or " ".join(known.get(word, word) for word in text.split())
        plain = said if "." in said else said.replace("_", " ")
        return re.sub(r'[":;#{}<>]', " ", plain).strip()

    return say


def _codes_and_events(shown: Concern[Any]) -> dict[str, str]:
    """Return what the contracts call their codes and events in Chinese."""
    found: dict[str, str] = {}
    for contract in shown.contracts:
        for model in _parts(contract):
            found |= {code.value: labels.of_code(code).zh for code in _codes(model)}
    return found | {kind.event: labels.of_class(kind).zh for kind in shown.contracts}


@cache
def _parts(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    inner = [kind for kind in _kinds(model) if issubclass(kind, BaseModel)]
    return (model, *(part for kind in inner for part in _parts(kind)))


def _codes(model: type[BaseModel]) -> Iterator[Vocabulary]:
    for kind in _kinds(model):
        if issubclass(kind, Vocabulary):
            yield from kind


def _kinds(model: type[BaseModel]) -> Iterator[type]:
    """Yield the classes that the model's own fields are made of."""
    if issubclass(model, Event):
        names = [n for n in model.model_fields if n not in Event.model_fields]
    else:
        names = list(model.model_fields)
    for name in names:
        yield from _classes(model.model_fields[name].annotation)


def _classes(annotation: Any) -> Iterator[type]:
    if inner := get_args(annotation):
        for one in inner:
            yield from _classes(one)
    elif isinstance(annotation, type):
        yield annotation
