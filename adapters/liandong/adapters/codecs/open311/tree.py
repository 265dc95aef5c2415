"""One tree for both formats: JSON as it is, XML brought to the same shape (the Spark convention).

A list's element (``<services>``) becomes a list of its children (``<service>``), an element with
children a mapping, any other its text, and an empty one None.
"""

import json
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.open311.model import STANDARD, Format
from liandong.contracts import wire
from liandong.contracts.errors import ContractError, DocumentError, Reason

LISTS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
}
"""Elements that hold a list, and what each of their children is called."""

Tree = Any
"""Mapping, list, text, number, boolean or None."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body taken apart.

    Attributes:
        tree: What it holds.
        form: The format it came in.
    """

    tree: Tree
    form: Format


def load(body: bytes, root: str) -> Answer:
    """Take a body apart; XML where its first visible byte is ``<``, else JSON.

    Args:
        body: The bytes.
        root: What the outermost element must be called in XML; JSON names none.

    Raises:
        DocumentError: It is neither, has another root, or breaks the limits of `codecs.xml` or
            `contracts.wire`.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return Answer(_from_xml(_rooted(xml.parse(body, STANDARD), root)), Format.XML)
    try:
        return Answer(wire.value(body.removeprefix(b"\xef\xbb\xbf")), Format.JSON)
    except ContractError as error:
        fault = error.faults[0]
        raise DocumentError(
            STANDARD, fault.expected, where=fault.path, found=fault.found, reason=error.reason
        ) from None


def _rooted(element: xml.Element, name: str) -> xml.Element:
    found = xml.local_name(element)
    if found != name:
        raise DocumentError(STANDARD, f"<{name}>", found=f"<{found}>", reason=Reason.UNSUPPORTED)
    return element


def _from_xml(element: xml.Element) -> Tree:
    name = xml.local_name(element)
    if name in LISTS:
        return [_from_xml(child) for child in element if xml.local_name(child) == LISTS[name]]
    if not len(element):
        return (element.text or "").strip() or None
    return _mapping(element)


def _mapping(element: xml.Element) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for child in element:
        name = xml.local_name(child)
        if name in found:
            raise DocumentError(
                STANDARD,
                f"one <{name}>",
                where=element.getroottree().getpath(child),
                found="another",
                reason=Reason.BREAKS_STANDARD,
            )
        found[name] = _from_xml(child)
    return found


def dump(root: str, tree: Tree, form: Format) -> bytes:
    """Render a tree; in XML under the name of its root (section "Encoding": UTF-8, declared)."""
    if form is Format.JSON:
        return json.dumps(tree, ensure_ascii=False, allow_nan=False).encode()
    element = _to_xml(root, tree)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8")


def _to_xml(name: str, tree: Tree) -> xml.Element:
    element = etree.Element(name)
    if isinstance(tree, dict):
        children = cast("dict[str, Tree]", tree)
        element.extend([_to_xml(child, value) for child, value in children.items()])
    elif isinstance(tree, list):
        items = cast("list[Tree]", tree)
        element.extend([_to_xml(LISTS[name], item) for item in items])
    elif tree is not None:
        element.text = str(tree).lower() if isinstance(tree, bool) else str(tree)
    return element
