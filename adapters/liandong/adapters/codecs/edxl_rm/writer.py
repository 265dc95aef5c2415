"""EDXL-RM 1.0 written strictly: in the schema's order, and nothing that the message has not."""

from typing import Any

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.edxl_rm.document import Message
from liandong.adapters.codecs.edxl_rm.fragments import GML_ID, Shape, fit, repeated_ids
from liandong.adapters.codecs.edxl_rm.profiles import PROFILES, Profile
from liandong.adapters.codecs.edxl_rm.reader import SCHEMA_LOCATION
from liandong.adapters.codecs.edxl_rm.schema import COMMON, MESSAGE, ROOT, STANDARD, Row, Table
from liandong.contracts.errors import DocumentError

_PREFIXES = {"rmsg": MESSAGE, "rm": COMMON}


def render(message: Message) -> bytes:
    """Return the message as an XML document in UTF-8.

    Raises:
        DocumentError: It cannot be said in EDXL-RM 1.0; says where and why.
    """
    root = etree.Element(f"{{{MESSAGE}}}{message.type}", nsmap=_PREFIXES)
    if message.schema_location is not None:
        root.set(SCHEMA_LOCATION, message.schema_location)
    _Writer(PROFILES[message.type]).write(root, ROOT, message, f"/{message.type}")
    for repeated in repeated_ids(root):
        raise _fault(f"/{message.type}", "each gml:id once", repeated.get(GML_ID, ""))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


class _Writer:
    """One writing, by the message's profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def write(self, parent: xml.Element, table: Table, value: object, path: str) -> None:
        said = [row for row in table.rows if getattr(value, row.field) not in (None, ())]
        if table.just_one and len(said) != 1:
            raise _fault(path, "just one of " + ", ".join(row.name for row in table.rows))
        for row in table.rows:
            where = f"{path}/{row.name}"
            if row not in said:
                self._check_optional(row, where)
            elif row.name in self.profile.absent:
                raise _fault(where, "no such element in this message")
            elif row.many:
                for number, item in enumerate(getattr(value, row.field), 1):
                    self._write(parent, row, item, f"{where}[{number}]")
            else:
                self._write(parent, row, getattr(value, row.field), where)

    def _check_optional(self, row: Row, where: str) -> None:
        if row.required or row.name in self.profile.required:
            raise _fault(where, "this element", "nothing")

    def _write(self, parent: xml.Element, row: Row, item: Any, where: str) -> None:
        if isinstance(row.form, Shape):
            parent.append(_element(row, row.form, item, where))
            return
        child = etree.SubElement(parent, row.tag)
        if isinstance(row.form, Table):
            self.write(child, row.form, item, where)
            return
        try:
            child.text = row.form.check(item)
        except ValueError as error:  # also lxml's, for characters that XML has not
            raise _fault(where, str(error), item) from None
        if row.name == "ScheduleType" and item not in self.profile.schedule:
            raise _fault(where, "one of " + ", ".join(sorted(self.profile.schedule)), item)


def _element(row: Row, shape: Shape, text: str, where: str) -> xml.Element:
    """Return the element that a fragment is, where it is what the schema has."""
    element = xml.parse(text.encode(errors="replace"), STANDARD)
    faults: list[str] = []
    fitted = fit(element, shape, where, lambda defect, place: faults.append(f"{defect}: {place}"))
    if element.tag != row.tag or fitted is None or faults:
        raise _fault(where, f"a valid {row.name}", "; ".join(faults) or str(element.tag))
    return fitted


def _fault(where: str, expected: str, found: str = "") -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found)
