"""One JSON object of a FHIR resource, read leniently: what is wrong is named, and goes on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from liandong.adapters.codecs.fhir_beds.document import STANDARD
from liandong.contracts.errors import DocumentError, Reason

T = TypeVar("T")

_MAX_DEFECTS = 100
_MOST = 1000  # entries of one list
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?\Z")


@dataclass(frozen=True, slots=True)
class Element:
    """An object at ``where``.

    Attributes:
        values: Its members.
        where: Its FHIRPath from the report: ``group[0].population[2]``.
        defects: What was found wrong so far, in the whole report.
    """

    values: Mapping[str, Any]
    where: str = ""
    defects: list[str] = field(default_factory=list[str])

    def path(self, name: str) -> str:
        """Return where a member of it is."""
        return f"{self.where}.{name}" if self.where else name

    def note(self, name: str, what: str) -> None:
        """Name a defect of a member."""
        if len(self.defects) < _MAX_DEFECTS:
            self.defects.append(f"{what}: {self.path(name)}"[:200])

    def text(self, name: str) -> str:
        """Return a text; empty where there is none."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self.note(name, "no text")
        return ""

    def count(self, name: str) -> int | None:
        """Return a whole number; written as text or with a point it is a defect."""
        number = self.number(name)
        if isinstance(number, float):
            self.note(
                name, "whole number with a point" if number.is_integer() else "no whole number"
            )
            return int(number) if number.is_integer() else None
        return number

    def number(self, name: str) -> float | None:
        """Return a number; written as text it is a defect."""
        value = self.values.get(name)
        if isinstance(value, str) and _DECIMAL.match(value):
            self.note(name, "number written as text")
            return int(value) if _INTEGER.match(value) else float(value)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self.note(name, "no number")
        return None

    def one(self, name: str, read: Callable[["Element"], T]) -> T | None:
        """Return a member that is an object, read; None where there is none."""
        value = self.values.get(name)
        if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
            self.note(name, "in a list of one")
            value = cast("list[Any]", value)[0]
        if value is None:
            return None
        found = self._object(value, name)
        return read(found) if found else None

    def all(self, name: str, read: Callable[["Element"], T]) -> tuple[T, ...]:
        """Return a member that is a list of objects, each read.

        Raises:
            DocumentError: There are more than a thousand.
        """
        value: Any = self.values.get(name, [])
        if isinstance(value, dict):
            self.note(name, "not in a list")
            value = [value]
        if not isinstance(value, list):
            self.note(name, "no list")
            return ()
        items = cast("list[Any]", value)
        if len(items) > _MOST:
            raise DocumentError(
                STANDARD,
                f"at most {_MOST} entries",
                where=self.path(name),
                found=str(len(items)),
                reason=Reason.OVERSIZE,
            )
        found = (self._object(item, f"{name}[{number}]") for number, item in enumerate(items))
        return tuple(read(one) for one in found if one)

    def _object(self, value: Any, name: str) -> "Element | None":
        if not isinstance(value, dict):
            self.note(name, "no object")
            return None
        return within(cast("Mapping[str, Any]", value), self.path(name), self.defects)


def within(values: Mapping[str, Any], where: str, defects: list[str]) -> Element:
    """Return an object as an element, unless its meaning is changed in a way unknown here.

    Raises:
        DocumentError: It has a ``modifierExtension``, which must not be passed over (FHIR R4 §2.4).
    """
    if values.get("modifierExtension"):
        raise DocumentError(
            STANDARD,
            "nothing that changes the meaning",
            where=where,
            found="a modifierExtension",
            reason=Reason.UNSUPPORTED,
        )
    return Element(values, where, defects)
