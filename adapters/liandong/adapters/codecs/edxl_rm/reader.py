"""EDXL-RM 1.0 read leniently: what can be forgiven is forgiven and named."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.edxl_rm import forms
from liandong.adapters.codecs.edxl_rm.document import Defect, Message, MessageType
from liandong.adapters.codecs.edxl_rm.fragments import (
    GML_ID,
    Shape,
    canonical,
    fit,
    repeated_ids,
)
from liandong.adapters.codecs.edxl_rm.profiles import PROFILES, Profile
from liandong.adapters.codecs.edxl_rm.schema import (
    COMMON,
    MESSAGE,
    RESPONSE,
    ROOT,
    STANDARD,
    Row,
    Table,
)
from liandong.contracts.errors import DocumentError, Reason

SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SHOWN = 80  # characters of what stood there
_TYPES = {str(kind): kind for kind in MessageType}


def parse(body: bytes) -> Message:
    """Read a message.

    Args:
        body: An XML document, its root one of the sixteen messages.

    Raises:
        DocumentError: It is not safe XML or no message of EDXL-RM; or it lacks what must not be
            guessed: its name, time or thread, what it answers, whether it accepts or declines, a
            line's name, and in a requisition who pays and for what.
    """
    root = xml.parse(body.strip(), STANDARD)
    kind = _TYPES.get(xml.local_name(root))
    if kind is None or xml.namespace(root) not in ("", MESSAGE, COMMON):
        raise _fault("", "a message of EDXL-RM 1.0", str(root.tag), Reason.UNSUPPORTED)
    return _Reader(kind).message(root)


class _Missing(Exception):  # noqa: N818  what holds it is left out
    """Something required is not there."""


class _Reader:
    """One reading: the message's profile, and the defects met."""

    def __init__(self, kind: MessageType) -> None:
        self.kind = kind
        self.profile: Profile = PROFILES[kind]
        self.defects: list[str] = []

    def note(self, defect: Defect, path: str, found: str = "") -> None:
        self.defects.append(": ".join(filter(None, (defect, path, found[:_SHOWN]))))

    def message(self, root: xml.Element) -> Message:
        path = f"/{self.kind}"
        if xml.namespace(root) != MESSAGE:
            self.note(Defect.WRONG_NAMESPACE, path)
        for repeated in repeated_ids(root):
            self.note(Defect.REPEATED_ID, path, str(repeated.attrib.pop(GML_ID)))
        values = self.fields(root, ROOT, path)
        content_type = values.pop("content_type")
        if content_type != self.kind:
            self.note(Defect.WRONG_CONTENT_TYPE, f"{path}/MessageContentType", content_type)
        if not values["originating_message_id"]:
            values["originating_message_id"] = self._begins_itself(path, values["message_id"])
        return Message(
            **values,
            type=self.kind,
            schema_location=root.get(SCHEMA_LOCATION),
            defects=tuple(self.defects),
        )

    def _begins_itself(self, path: str, message_id: str) -> str:
        """Return a message's own name, where it can begin a thread."""
        if "PrecedingMessageID" not in self.profile.absent:
            raise _fault(f"{path}/OriginatingMessageID", "this element", "nothing")
        return message_id

    def fields(self, element: xml.Element, table: Table, path: str) -> dict[str, Any]:
        for name in map(str, element.attrib):
            if name != SCHEMA_LOCATION or table is not ROOT:
                self.note(Defect.FOREIGN_ATTRIBUTE, f"{path}/@{name.rpartition('}')[2]}")
        if len(element) and (element.text or "").strip():
            self.note(Defect.FOREIGN_ELEMENT, f"{path}/text()")
        children = self._children(element, table, path)
        values = {row.field: self._field(row, children[row.name], path) for row in table.rows}
        said = {name: value for name, value in values.items() if value is not None}
        if table.some_of and not said.keys() & table.some_of:
            self.note(Defect.MISSING_ELEMENT, path)
        if table is RESPONSE:
            self._check_condition(said, path)
        return self._just_one(said, path) if table.just_one else said

    def _check_condition(self, response: dict[str, Any], path: str) -> None:
        """Ask a provisional answer for its reason."""
        if response.get("type") == "Provisional" and not response.keys() & {
            "reason",
            "reason_code",
        }:
            self.note(Defect.MISSING_ELEMENT, f"{path}/ResponseReason")
            response["reason"] = ""

    def _just_one(self, said: dict[str, Any], path: str) -> dict[str, Any]:
        """Return the first of what excludes each other."""
        if not said:
            raise _Missing
        if len(said) > 1:
            self.note(Defect.REPEATED_ELEMENT, path)
        return dict([next(iter(said.items()))])

    def _children(
        self, element: xml.Element, table: Table, path: str
    ) -> defaultdict[str, list[xml.Element]]:
        """Return the children that this message has, by name."""
        rows = {row.name: place for place, row in enumerate(table.rows)}
        found: defaultdict[str, list[xml.Element]] = defaultdict(list)
        last = 0
        for child in element:
            name = xml.local_name(child)
            where = f"{path}/{name}"
            known = name in rows and xml.namespace(child) in ("", MESSAGE, COMMON)
            if not known or name in self.profile.absent:
                self.note(Defect.FOREIGN_ELEMENT, where)
                continue
            if xml.namespace(child) != table.rows[rows[name]].namespace:
                self.note(Defect.WRONG_NAMESPACE, where)
            if rows[name] < last:
                self.note(Defect.OUT_OF_ORDER, where)
            last = max(last, rows[name])
            found[name].append(child)
        return found

    def _field(self, row: Row, elements: list[xml.Element], path: str) -> Any:
        """Return the value of a field; None leaves it at the document's default."""
        where = f"{path}/{row.name}"
        numbered = enumerate(elements, 1)
        places = (f"{where}[{number}]" if row.many else where for number, _ in numbered)
        values = list(self._values(row, zip(elements, places, strict=True)))
        if row.many and values:
            return tuple(values)
        if len(values) > 1:
            self.note(Defect.REPEATED_ELEMENT, where)
        return values[0] if values else self._stand_in(row, where)

    def _values(self, row: Row, placed: Iterable[tuple[xml.Element, str]]) -> Iterable[Any]:
        for element, where in placed:
            try:
                value = self._value(row, element, where)
            except _Missing:
                self.note(Defect.MISSING_ELEMENT, where)
                continue
            if value is not None:
                yield value

    def _value(self, row: Row, element: xml.Element, where: str) -> Any:
        if isinstance(row.form, Table):
            return row.form.make(**self.fields(element, row.form, where))
        if isinstance(row.form, Shape):
            fitted = fit(element, row.form, where, self.note)
            if fitted is None:
                return None
            fitted.tag = row.tag
            return canonical(fitted)
        return self._text(row, row.form, element, where)

    def _text(self, row: Row, form: forms.Form, element: xml.Element, where: str) -> str | None:
        text = xml.text_of(element)
        shown = "" if row.named else text
        for child in element:
            self.note(Defect.FOREIGN_ELEMENT, f"{where}/{xml.local_name(child)}")
        for name in map(str, element.attrib):
            self.note(Defect.FOREIGN_ATTRIBUTE, f"{where}/@{name.rpartition('}')[2]}")
        try:
            value, defect = form.read(text)
        except ValueError as error:
            if row.vital and self._is_required(row):
                raise _fault(where, str(error), shown) from None
            self.note(Defect.UNREADABLE, where, shown)
            return None
        if defect:
            self.note(defect, where, shown)
        return self._allowed(row, value, where)

    def _allowed(self, row: Row, value: str, where: str) -> str | None:
        """Return the value, unless it is a time or place that this message does not give."""
        if row.name == "ScheduleType" and value not in self.profile.schedule:
            self.note(Defect.UNREADABLE, where, value)
            return None
        return value

    def _is_required(self, row: Row) -> bool:
        return row.required or row.name in self.profile.required

    def _stand_in(self, row: Row, where: str) -> Any:
        if not self._is_required(row):
            return None
        if row.vital:
            raise _fault(where, "this element", "nothing")
        if row.stand_in is None:
            raise _Missing
        self.note(Defect.MISSING_ELEMENT, where)
        return row.stand_in


def _fault(
    where: str, expected: str, found: str, reason: Reason = Reason.BREAKS_STANDARD
) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found, reason=reason)
