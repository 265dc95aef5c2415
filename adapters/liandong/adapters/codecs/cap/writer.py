"""CAP 1.2 written strictly: in the schema's order, and nothing that the standard forbids."""

from typing import Any

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.cap.document import Alert
from liandong.adapters.codecs.cap.rules import STANDARD, check
from liandong.adapters.codecs.cap.schema import ALERT, NAMESPACE, Row, Table
from liandong.contracts.errors import DocumentError

_ABSENT = (None, (), "")


def render(alert: Alert) -> bytes:
    """Return the alert as a CAP 1.2 document in UTF-8, unsigned, times to the second.

    Raises:
        DocumentError: It cannot be said in CAP 1.2; says where and why.
    """
    check(alert)
    # The stubs forget that a default namespace has no prefix.
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})  # pyright: ignore[reportArgumentType]
    _write(root, ALERT, alert, "/alert")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _write(parent: xml.Element, table: Table, value: object, path: str) -> None:
    for row in table.rows:
        found = getattr(value, row.field)
        if row.required and found in (None, ()):
            raise DocumentError(STANDARD, "this element", where=f"{path}/{row.name}")
        items = found if row.many else (found,)
        for number, item in enumerate(items, 1):
            if row.required or item not in _ABSENT:
                where = f"{path}/{row.name}" + (f"[{number}]" if row.many else "")
                _write_item(parent, row, item, where)


def _write_item(parent: xml.Element, row: Row, item: Any, where: str) -> None:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{row.name}")
    if isinstance(row.form, Table):
        _write(child, row.form, item, where)
        return
    try:
        child.text = row.form.write(item)
    except ValueError as error:  # also lxml's, for characters that XML has not
        raise DocumentError(STANDARD, str(error), where=where, found=str(item)) from None
