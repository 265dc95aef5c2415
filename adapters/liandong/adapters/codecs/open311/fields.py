"""The fields of one object, read leniently: what is wrong is named, what is missing refused."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NoReturn, TypeVar

from liandong.adapters.codecs.open311.model import STANDARD
from liandong.adapters.codecs.open311.tree import Tree
from liandong.contracts.errors import DocumentError, Reason

E = TypeVar("E", bound=StrEnum)

_MAX_DEFECTS = 100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def parse_time(text: str, zone: tzinfo) -> datetime:
    """Read a time; one without an offset is in the zone. What comes back has an offset.

    Raises:
        ValueError: It is no ISO 8601 time, or none that UTC has.
    """
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
    return moment


def _number(value: Tree) -> float | None:
    if isinstance(value, bool) or not _NUMBER.match(str(value).strip()):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


@dataclass
class Defects:
    """What was wrong and read all the same, at most a hundred of it."""

    found: list[str] = field(default_factory=list[str])

    def note(self, where: str, what: str) -> None:
        """Add one, as ``where: what``."""
        if len(self.found) < _MAX_DEFECTS:
            self.found.append(f"{where}: {what}"[:200])


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an object at ``where``.

    Attributes:
        typed: True where the format knows numbers and booleans (JSON), so that a number written as
            text is a defect.
        zone: The zone of times that carry none.
    """

    tree: Mapping[str, Tree]
    where: str
    typed: bool
    zone: tzinfo
    defects: Defects

    def text(self, name: str) -> str | None:
        """Return a text without the blanks around it; None where it is empty or absent."""
        value = self.tree.get(name)
        if isinstance(value, (dict, list)):
            return self._drop(name, "a text", "a structure")
        if value is None or isinstance(value, str):
            return self._not_empty(name, value)
        self._note(name, "a number or boolean where a text belongs")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def required(self, name: str) -> str:
        """Return a text.

        Raises:
            DocumentError: It is empty or absent.
        """
        return self.text(name) or self._refuse(name, "a text", "nothing")

    def number(self, name: str, limit: float = math.inf) -> float | None:
        """Return a finite number no further from zero than the limit; else None and a defect."""
        value = self.tree.get(name)
        if value is None or value == "":
            return None
        if self.typed and isinstance(value, str):
            self._note(name, "a number written as text")
        number = _number(value)
        if number is None or abs(number) > limit:
            return self._drop(name, f"a number of at most {limit}", str(value))
        return number

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a boolean; the default and a defect where it is absent or none."""
        value = self.tree.get(name)
        if isinstance(value, bool):
            return value
        if self.typed or str(value).lower() not in _TRUTHS:
            self._note(name, f"no boolean but {str(value)[:40]!r}")
        return _TRUTHS.get(str(value).strip().lower(), default)

    def choice(self, name: str, choices: type[E], default: E) -> E:
        """Return one of the choices; the default and a defect where it is none of them."""
        value = self.text(name)
        try:
            return choices((value or "").lower())
        except ValueError:
            self._note(name, f"none of {', '.join(choices)} but {value!r}")
            return default

    def time(self, name: str) -> datetime | None:
        """Return a time with its offset; None and a defect where it cannot be read."""
        value = self.text(name)
        if value is None:
            return None
        try:
            moment = parse_time(value, self.zone)
        except ValueError:
            return self._drop(name, "an ISO 8601 time", value)
        if datetime.fromisoformat(value).tzinfo is None:
            self._note(name, f"no offset: taken as {self.zone}")
        return moment

    def _not_empty(self, name: str, value: str | None) -> str | None:
        if value == "" and self.typed:
            self._note(name, "an empty text where null belongs")
        return (value or "").strip() or None

    def _drop(self, name: str, expected: str, found: str) -> None:
        self._note(name, f"left out: expected {expected}, found {found[:80]!r}")

    def _note(self, name: str, what: str) -> None:
        self.defects.note(f"{self.where}.{name}", what)

    def _refuse(self, name: str, expected: str, found: str) -> NoReturn:
        raise DocumentError(
            STANDARD,
            expected,
            where=f"{self.where}.{name}",
            found=found,
            reason=Reason.BREAKS_STANDARD,
        )
