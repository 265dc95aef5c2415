"""CAP 1.0, 1.1 and 1.2 read leniently: what can be forgiven is forgiven and named."""

from codecs import BOM_UTF8
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import zip_longest
from typing import Any

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.cap.document import Alert, Defect, NameValue
from liandong.adapters.codecs.cap.forms import Notes
from liandong.adapters.codecs.cap.rules import STANDARD, check
from liandong.adapters.codecs.cap.schema import (
    ALERT,
    COLOUR,
    COLOURS,
    INFO,
    PAIR,
    SIGNATURE_NAMESPACE,
    VERSIONS,
    Row,
    Table,
)
from liandong.contracts.errors import DocumentError, Reason

_SHOWN = 80  # characters of what stood there


def parse(body: bytes, *, zone: tzinfo = UTC) -> Alert:
    """Read an alert.

    Args:
        body: An XML document, its root a CAP ``alert``.
        zone: The zone of times without offset.

    Raises:
        DocumentError: It is not safe XML or no alert; or it lacks what must not be guessed: its
            identifier, sender, time, status, type or scope; what an update refers to or for whom
            a private alert is; an event's name; any grade of the event.
    """
    text = body.removeprefix(BOM_UTF8)
    start = text.lstrip()
    root = xml.parse(start, STANDARD)
    reader = _Reader(zone)
    if len(start) < len(text):
        reader.note(Defect.BLANK_BEFORE_DECLARATION, "")
    return reader.alert(root)


class _Reader:
    """One reading: the zone it assumes and the defects it has met."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.defects: list[str] = []

    def note(self, defect: Defect, path: str, found: str = "") -> None:
        self.defects.append(": ".join(filter(None, (defect, path, found[:_SHOWN]))))

    def alert(self, root: xml.Element) -> Alert:
        namespace = xml.namespace(root)
        if xml.local_name(root) != "alert" or (namespace and namespace not in VERSIONS):
            raise _fault("", "an alert of CAP 1.0, 1.1 or 1.2", root.tag, Reason.UNSUPPORTED)
        if not namespace:
            self.note(Defect.NO_NAMESPACE, "/alert")
        alert = Alert(
            **self.fields(root, ALERT, "/alert"),
            version=VERSIONS.get(namespace, "1.2"),
            signed=root.find(f"{{{SIGNATURE_NAMESPACE}}}Signature") is not None,
        )
        check(alert)
        return replace(alert, defects=tuple(self.defects))

    def fields(self, element: xml.Element, table: Table, path: str) -> dict[str, Any]:
        children = self._children(element, table, path)
        if table is INFO and not children.keys() & _GRADES:
            raise _fault(path, "an urgency, severity or certainty", "none of them")
        values = {row.field: self._field(row, children[row.name], path) for row in table.rows}
        if colour := [w for e in children["severity"] if (w := xml.text_of(e)).lower() in COLOURS]:
            values["parameters"] = (NameValue(COLOUR, colour[0]), *(values["parameters"] or ()))
        return {name: value for name, value in values.items() if value is not None}

    def _children(
        self, element: xml.Element, table: Table, path: str
    ) -> defaultdict[str, list[xml.Element]]:
        """Return the children that say something, by name."""
        order = {row.name: place for place, row in enumerate(table.rows)}
        blank = {row.name for row in table.rows if row.blank}
        found: defaultdict[str, list[xml.Element]] = defaultdict(list)
        last = 0
        for child in element:
            name = xml.local_name(child)
            if xml.namespace(child) == SIGNATURE_NAMESPACE:
                continue
            if name not in order or xml.namespace(child) not in ("", *VERSIONS):
                self.note(Defect.FOREIGN_ELEMENT, f"{path}/{name}")
            elif name in blank or len(child) or xml.text_of(child):
                if order[name] < last:
                    self.note(Defect.OUT_OF_ORDER, f"{path}/{name}")
                last = max(last, order[name])
                found[name].append(child)
        return found

    def _field(self, row: Row, elements: list[xml.Element], path: str) -> Any:
        """Return the value of a field; None leaves it at the document's default."""
        values: list[Any] = []
        for number, element in enumerate(elements, 1):
            where = f"{path}/{row.name}" + (f"[{number}]" if row.many else "")
            values += self._values(row, element, where)
        if row.many and values:
            return tuple(values)
        if len(values) > 1:
            self.note(Defect.REPEATED_ELEMENT, f"{path}/{row.name}")
        return values[0] if values else self._stand_in(row, elements, path)

    def _values(self, row: Row, element: xml.Element, where: str) -> list[Any]:
        if row.form is PAIR:
            return self._pairs(element, where)
        if isinstance(row.form, Table):
            return [row.form.make(**self.fields(element, row.form, where))]
        text = xml.text_of(element)
        try:
            return [row.form.read(text, Notes(self.zone, lambda d: self.note(d, where, text)))]
        except ValueError as error:
            if row.required and row.default is None:
                raise _fault(where, str(error), text) from None
            self.note(Defect.UNREADABLE, where, text)
            return []

    def _pairs(self, element: xml.Element, where: str) -> list[NameValue]:
        """Return name and value. CAP 1.0 wrote ``name=value``; some put several in one element."""
        texts: dict[str, list[str]] = {"valueName": [], "value": []}
        for child in element:
            texts.get(xml.local_name(child), []).append(xml.text_of(child))
        if len(texts["valueName"]) == len(texts["value"]) == 1:
            return [NameValue(texts["valueName"][0], texts["value"][0])]
        self.note(Defect.PAIR_FORM, where)
        if len(element):
            return [NameValue(*pair) for pair in zip_longest(*texts.values(), fillvalue="")]
        name, _, value = xml.text_of(element).partition("=")
        return [NameValue(name, value)]

    def _stand_in(self, row: Row, elements: list[xml.Element], path: str) -> Any:
        if not row.required:
            return None
        where = f"{path}/{row.name}"
        if row.default is None:
            raise _fault(where, "this element", "nothing")
        if not elements:
            self.note(Defect.MISSING_ELEMENT, where)
        return row.default


_GRADES = {"urgency", "severity", "certainty"}


def _fault(
    where: str, expected: str, found: str, reason: Reason = Reason.BREAKS_STANDARD
) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found, reason=reason)
