"""XML at the edge: read without DTD, entities or network, and within limits.

libxml2's own guards against entity expansion differ from version to version, so a document type
declaration is refused outright; none of the emergency standards uses one.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from lxml import etree

from liandong.contracts.errors import DocumentError, Reason

Element: TypeAlias = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
"""An element of a tree, by the only name that lxml gives it."""

MAX_BYTES = 2 * 1024 * 1024
"""Real signed alerts with a picture inside reach 0.9 MB."""
MAX_DEPTH = 64
MAX_ATTRIBUTES = 64


def parse(body: bytes, standard: str, *, max_bytes: int = MAX_BYTES) -> Element:
    """Return the root element; comments and processing instructions are left out.

    Args:
        body: The document, in any encoding its declaration names.
        standard: The standard that faults are reported against, such as ``CAP 1.2``.
        max_bytes: The largest document to read.

    Raises:
        DocumentError: Too large (OVERSIZE), not XML (NOT_WELL_FORMED), in an encoding that cannot
            be read (WRONG_CHARSET), with a document type declaration, deeper than 64 levels or
            with more than 64 attributes on one element (UNSAFE).
    """
    if len(body) > max_bytes:
        raise _error(
            standard,
            f"at most {max_bytes} bytes",
            found=f"{len(body)} bytes",
            reason=Reason.OVERSIZE,
        )
    root = _tree(body, standard)
    if root.getroottree().docinfo.internalDTD:
        raise _error(
            standard, "no document type declaration", found="<!DOCTYPE", reason=Reason.UNSAFE
        )
    _check_limits(root, standard)
    return root


def local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return etree.QName(element).localname


def namespace(element: Element) -> str:
    """Return the element's namespace, empty where it has none."""
    return etree.QName(element).namespace or ""


def text_of(element: Element) -> str:
    """Return all text in the element without the blanks around it."""
    return "".join(map(str, element.itertext())).strip()


_REASONS = {
    etree.ErrorTypes.ERR_ENTITY_LOOP: Reason.UNSAFE,
    etree.ErrorTypes.ERR_RESOURCE_LIMIT: Reason.UNSAFE,
    etree.ErrorTypes.ERR_INVALID_ENCODING: Reason.WRONG_CHARSET,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING: Reason.WRONG_CHARSET,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: Reason.WRONG_CHARSET,
}


def _tree(body: bytes, standard: str) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise _error(
            standard,
            "well-formed XML",
            where=f"line {line} column {column}",
            found=(error.msg or "").rsplit(", line", 1)[0],
            reason=_REASONS.get(cast("Any", error).code, Reason.NOT_WELL_FORMED),
        ) from None


def _check_limits(root: Element, standard: str) -> None:
    for depth, element in _walk(root):
        if depth > MAX_DEPTH:
            raise _error(
                standard, f"at most {MAX_DEPTH} levels", found="more", reason=Reason.UNSAFE
            )
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise _error(
                standard,
                f"at most {MAX_ATTRIBUTES} attributes on an element",
                where=f"line {element.sourceline}",
                found=str(len(element.attrib)),
                reason=Reason.UNSAFE,
            )


def _walk(root: Element) -> Iterator[tuple[int, Element]]:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            yield depth, element


def _error(
    standard: str, expected: str, *, where: str = "", found: str = "", reason: Reason
) -> DocumentError:
    return DocumentError(standard, expected, where=where, found=found, reason=reason)
