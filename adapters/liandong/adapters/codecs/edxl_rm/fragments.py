"""XML that EDXL-RM takes from elsewhere: fitted to its schema, and kept as canonical text.

What the schema has not is left out and named; what it asks for and is not there makes its holder
fall out. So what is left can be written strictly.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.edxl_rm.document import Defect
from liandong.adapters.codecs.edxl_rm.forms import Form

GML_ID = "{http://www.opengis.net/gml}id"
_OWN = ("{urn:oasis:names:tc:ciq:", "{http://www.opengis.net/", "{http://www.w3.org/")
Note = Callable[[Defect, str], None]
"""Takes a defect and its place."""


@dataclass(frozen=True)
class Shape:
    """What an element may hold.

    Attributes:
        text: The form of its text; None holds elements.
        children: By qualified name, in the order that the schema asks for.
        required: Children and attributes that must be there.
        single: Children that may be there only once.
        attributes: The form of each attribute, by qualified name.
        foreign: Attributes of namespaces that are neither CIQ's nor GML's are kept as they are.
        any_order: The children may stand in any order.
        some: At least one child, of any kind.
        just_one: One child, no more and no less.
        anything: Any children at all, at least one.
    """

    text: Form | None = None
    children: Mapping[str, "Shape"] = field(default_factory=dict["str", "Shape"])
    required: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    attributes: Mapping[str, Form] = field(default_factory=dict[str, Form])
    foreign: bool = False
    any_order: bool = False
    some: bool = False
    just_one: bool = False
    anything: bool = False


def canonical(element: xml.Element) -> str:
    """Return the element in canonical form: C14N 2.0, text trimmed, its prefixes kept."""
    return etree.canonicalize(
        etree.tostring(element, encoding="unicode", with_tail=False), strip_text=True
    )


def repeated_ids(root: xml.Element) -> list[xml.Element]:
    """Return the elements whose ``gml:id`` another one had before them."""
    first: dict[str | None, xml.Element] = {}
    identified = root.iterfind(f".//*[@{GML_ID}]")
    return [one for one in identified if first.setdefault(one.get(GML_ID), one) is not one]


def fit(element: xml.Element, shape: Shape, path: str, note: Note) -> xml.Element | None:
    """Return a copy with only what its schema has, in the schema's order; None if nothing is left.

    Args:
        element: The element; unchanged.
        shape: What it may hold.
        path: Where it stands.
        note: Is told each defect.
    """
    fitted = _empty(element.tag, element)
    text = (element.text or "").strip()
    _attributes(element, fitted, shape, path, note)
    if shape.anything:
        fitted.extend(map(deepcopy, element))
        return fitted if len(fitted) else _left_out(path, note)
    for child in _children(element, shape, path, note):
        fitted.append(child)
    if shape.text is None and text:
        note(Defect.FOREIGN_ELEMENT, f"{path}/text()")
    if shape.text is not None:
        fitted.text = _text(element, text, path, note)
        if not _reads(shape.text, fitted.text):
            note(Defect.UNREADABLE, path)
            return None
    present = {child.tag for child in fitted} | _attributes_of(fitted).keys()
    complete = shape.required <= present and (len(fitted) or not (shape.some or shape.just_one))
    return fitted if complete else _left_out(path, note)


def _left_out(path: str, note: Note) -> None:
    note(Defect.MISSING_ELEMENT, path)


def _empty(tag: str, like: xml.Element) -> xml.Element:
    """Return an element of a name, with the prefixes of another."""
    prefixes: Any = like.nsmap  # the stubs forget that a default namespace has no prefix
    return etree.Element(tag, nsmap=prefixes)


def _attributes_of(element: xml.Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _attributes(
    element: xml.Element, fitted: xml.Element, shape: Shape, path: str, note: Note
) -> None:
    for name, value in _attributes_of(element).items():
        known = name in shape.attributes and _reads(shape.attributes[name], value)
        foreign = name.startswith("{") and not name.startswith(_OWN)
        if known or (foreign and shape.foreign):
            fitted.set(name, value)
        elif not _stands_for_name(element, name):
            note(Defect.FOREIGN_ATTRIBUTE, f"{path}/@{etree.QName(name).localname}")


def _children(element: xml.Element, shape: Shape, path: str, note: Note) -> list[xml.Element]:
    """Return the children that fit, in order."""
    order = list(shape.children)
    found: list[xml.Element] = []
    for child in element:
        where = f"{path}/{xml.local_name(child)}"
        placed = _placed(child, shape, where, note)
        if placed is None:
            note(Defect.FOREIGN_ELEMENT, where)
        elif _is_too_many(placed, found, shape):
            note(Defect.REPEATED_ELEMENT, where)
        elif (fitted := fit(placed, shape.children[placed.tag], where, note)) is not None:
            found.append(fitted)
    ordered = found if shape.any_order else sorted(found, key=lambda child: order.index(child.tag))
    if ordered != found:
        note(Defect.OUT_OF_ORDER, path)
    return ordered


def _is_too_many(child: xml.Element, found: list[xml.Element], shape: Shape) -> bool:
    if shape.just_one:
        return bool(found)
    return child.tag in shape.single and any(child.tag == other.tag for other in found)


def _placed(child: xml.Element, shape: Shape, path: str, note: Note) -> xml.Element | None:
    """Return the child, inside what should hold it where that was forgotten."""
    if child.tag in shape.children:
        return child
    for holder, inner in shape.children.items():
        if child.tag in inner.children:
            note(Defect.MISPLACED_ELEMENT, path)
            placed = _empty(holder, child)
            placed.append(deepcopy(child))
            return placed
    return None


def _text(element: xml.Element, text: str, path: str, note: Note) -> str:
    """Return the text of a leaf; a code stands in for a name that is not there."""
    attributes = _attributes_of(element).items()
    code = next((value for name, value in attributes if _stands_for_name(element, name)), None)
    if code is None:
        return text
    note(Defect.NAME_CODE, path)
    return code


def _stands_for_name(element: xml.Element, attribute: str) -> bool:
    is_code = etree.QName(attribute).localname == "NameCode"
    return is_code and not (element.text or "").strip()


def _reads(form: Form, text: str) -> bool:
    try:
        return form.read(text).defect is None
    except ValueError:
        return False
