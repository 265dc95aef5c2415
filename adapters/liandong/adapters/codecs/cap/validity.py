"""Whether a document fits the schema of CAP 1.2, and whether two documents are the same.

What fits may be passed on as it came; what does not is written anew.
"""

import re
from functools import cache

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.cap.rules import STANDARD
from liandong.adapters.codecs.cap.schema import ALERT, NAMESPACE, SIGNATURE_NAMESPACE, Row, Table

_HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)
_SIGNATURES = "#"
_CARDINALITIES = {(True, True): "+", (True, False): "", (False, True): "*", (False, False): "?"}


def fits_schema(body: bytes) -> bool:
    """Say whether the schema of CAP 1.2 (§3.4) allows the document.

    Raises:
        DocumentError: It is no XML that can be read safely.
    """
    root = xml.parse(body, STANDARD)
    return root.tag == f"{{{NAMESPACE}}}alert" and _fits(root, ALERT)


def same_document(one: bytes, other: bytes) -> bool:
    """Say whether two documents differ in nothing but blanks around texts, comments and prefixes.

    Canonical XML 2.0 with trimmed text and rewritten prefixes decides.

    Args:
        one: A document that `parse` has read.
        other: Another.
    """
    return _canonical(one, rewrite_prefixes=True) == _canonical(other, rewrite_prefixes=True)


def trimmed(body: bytes) -> bytes:
    """Return a document without comments and blanks around texts, as Canonical XML 2.0 in UTF-8.

    The same alert over two roads is the same then. A signature does not survive it.

    Args:
        body: A document that `parse` has read.
    """
    return _canonical(body).encode()


def _canonical(body: bytes, **options: bool) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    text = etree.tostring(etree.fromstring(body, parser).getroottree(), encoding="unicode")
    return etree.canonicalize(text, strip_text=True, **options)


def _fits(element: xml.Element, table: Table) -> bool:
    children = [(_name(child), child) for child in element]
    between = (element.text, *(child.tail for child in element))
    rows = {row.name: row for row in table.rows}
    return (
        _HINTS.issuperset(map(str, element.attrib))
        and not any(text and text.strip() for text in between)
        and _model(table).fullmatch("".join(f"{name} " for name, _ in children)) is not None
        and all(_child_fits(child, rows[name]) for name, child in children if name in rows)
    )


def _child_fits(element: xml.Element, row: Row) -> bool:
    if isinstance(row.form, Table):
        return _fits(element, row.form)
    plain = not len(element) and _HINTS.issuperset(map(str, element.attrib))
    return plain and row.form.allows(element.text or "")


def _name(element: xml.Element) -> str:
    """Return CAP's name of its own elements, one name for all of a signature's, none for others."""
    names = {NAMESPACE: xml.local_name(element), SIGNATURE_NAMESPACE: _SIGNATURES}
    return names.get(xml.namespace(element), "")


@cache
def _model(table: Table) -> re.Pattern[str]:
    """Return which sequences of names the schema allows, each name with a blank behind it."""
    parts = [f"({row.name} ){_CARDINALITIES[row.required, row.many]}" for row in table.rows]
    return re.compile("".join(parts) + (f"({_SIGNATURES} )*" if table is ALERT else ""))
