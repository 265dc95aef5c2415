"""One thing wrong with a message, and how it is told in either language."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from liandong.contracts.errors import Fault, Reason

Language = Literal["en", "zh"]
Path = tuple[int | str, ...]
"""Where something stands: keys and indexes from the document's root."""

QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a message.

    Attributes:
        path: Where, as keys and indexes from the document's root.
        kind: The kind of fault: a name in ``faults.toml``.
        reason: The numbered reason under which a reader would refuse the message.
        context: What the kind's words are filled in with.
        found: What stood there: a kind of value, or a rule's own words; empty for nothing.
    """

    path: Path
    kind: str
    reason: Reason
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    found: str = "nothing"

    def fault(self, language: Language) -> Fault:
        """Return it in words, with the path as people write it."""
        column = ("en", "zh").index(language)
        template = _words()["expected"].get(self.kind, [self.kind, self.kind])[column]
        expected = template.format_map(self._listed(language))
        return Fault(_written(self.path), expected, _told(self.found, column))

    def line(self, language: Language) -> str:
        """Return it as one line, with the number of its reason."""
        words, column = _words()["line"], ("en", "zh").index(language)
        fault = self.fault(language)
        path = fault.path or words["document"][column]
        said = {"path": path, "expected": fault.expected, "found": fault.found}
        number = words["reason"][column].format(number=int(self.reason))
        return printable(f"{words['fault'][column].format_map(said)} [{number}]")

    def _listed(self, language: Language) -> dict[str, Any]:
        """Return the context with lists of codes in the language's own punctuation."""
        comma = {"en": ", ", "zh": "、"}[language]
        codes = {
            name: comma.join(QUOTED.findall(str(self.context[name])))
            for name in ("expected", "expected_tags")
            if QUOTED.search(str(self.context.get(name, "")))
        }
        return {**self.context, **codes}


def printable(text: str) -> str:
    """Return text of a sender's as one line that no terminal takes for a command."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _told(found: str, column: int) -> str:
    """Return in a language what stood there; a rule's own words stay as they are."""
    words = _words()
    if found in words["found"]:
        return words["found"][found][column]
    for pattern, texts in words["read"].items():
        if match := re.fullmatch(pattern, found):
            return match.expand(texts[column])
    return found


def _written(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part[:64]}" if text else part[:64]
    return text


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((files(__package__ or "") / "faults.toml").read_text("utf-8"))
