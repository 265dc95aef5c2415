"""CAP 1.2 written strictly: in the schema's order, and nothing that the standard forbids."""

from collections.abc import Iterator
from contextlib import suppress
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


def texts(alert: Alert) -> dict[str, str]:
    """Return every text of the alert as `render` writes it, by the path of its element.

    A path numbers each element among those of its name: ``/alert[1]/info[2]/event[1]``. What cannot
    be said in CAP is left out.
    """
    return dict(_texts(ALERT, alert, "/alert[1]"))


def _texts(table: Table, value: object, path: str) -> Iterator[tuple[str, str]]:
    for row in table.rows:
        for number, item in enumerate(_items(row, value), 1):
            where = f"{path}/{row.name}[{number}]"
            if isinstance(row.form, Table):
                yield from _texts(row.form, item, where)
            else:
                with suppress(ValueError):
                    yield where, row.form.write(item)


def _write(parent: xml.Element, table: Table, value: object, path: str) -> None:
    for row in table.rows:
        items = _items(row, value)
        if row.required and not items:
            raise DocumentError(STANDARD, "this element", where=f"{path}/{row.name}")
        for number, item in enumerate(items, 1):
            where = f"{path}/{row.name}" + (f"[{number}]" if row.many else "")
            _write_item(parent, row, item, where)


def _items(row: Row, value: object) -> list[Any]:
    """Return what each element of this kind is to say."""
    found = getattr(value, row.field)
    items = found if row.many else (found,)
    return [item for item in items if item not in _ABSENT or (row.required and item is not None)]


def _write_item(parent: xml.Element, row: Row, item: Any, where: str) -> None:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{row.name}")
    if isinstance(row.form, Table):
        _write(child, row.form, item, where)
        return
    try:
        child.text = row.form.write(item)
    except ValueError as error:  # also lxml's, for characters that XML has not
        raise DocumentError(STANDARD, str(error), where=where, found=str(item)) from None
