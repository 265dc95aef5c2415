"""What a difference between two states of a contract is, and whom it breaks.

A change breaks somebody if a message that one side may send is one that the other refuses:

* a **publisher**, if what it wrote rightly by the old contract is refused by the new one;
* a **reader** who knows the old contract, if it refuses or misreads what is right by the new one.

A reader passes over fields and codes that it does not know; everything else it takes at its word.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Party(StrEnum):
    """Who relies on a contract."""

    PUBLISHER = "publisher"
    READER = "reader"


NOBODY: tuple[Party, ...] = ()
PUBLISHERS = (Party.PUBLISHER,)
READERS = (Party.READER,)
BOTH = (Party.PUBLISHER, Party.READER)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, by the rule that found it.

    Attributes:
        rule: The rule's name.
        contract: The contract's type name.
        path: The field; empty where it concerns the contract as a whole.
        old: What was promised; empty where nothing was.
        new: What is promised now; empty where nothing is.
        breaks: Whom it breaks; empty for nobody.
        hint: What may be meant, in a sentence; empty where there is nothing to guess.
    """

    rule: str
    contract: str
    path: str
    old: str
    new: str
    breaks: tuple[Party, ...] = NOBODY
    hint: str = ""

    @property
    def breaking(self) -> bool:
        """Whether it needs a new major version."""
        return bool(self.breaks)

    def __str__(self) -> str:
        """Render as one line."""
        where = f"{self.contract} {self.path}".rstrip()
        what = " -> ".join(text for text in (self.old, self.new) if text)
        whom = f" (breaks {' and '.join(f'{party}s' for party in self.breaks)})"
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.rule}: {where}: {what}{whom if self.breaking else ''}{hint}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of change.

    Attributes:
        name: What it is called in the output and in the documentation.
        breaks: Whom it breaks.
        meaning: What has changed, in a few words.
    """

    name: str
    breaks: tuple[Party, ...]
    meaning: str

    def found(self, contract: str, path: str, old: Any, new: Any, hint: str = "") -> Change:
        """Return a change of this kind."""
        return Change(self.name, contract, path, said(old), said(new), self.breaks, hint)


def said(value: Any) -> str:
    """Return what was or is promised, in as few words as it takes."""
    if isinstance(value, str | int | float):
        return str(value)
    return ", ".join(map(str, value)) if value else ""
