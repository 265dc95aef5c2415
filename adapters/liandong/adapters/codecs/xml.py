"""XML at the edge: read without DTD, entities or network, and within limits.

libxml2's own guards against entity expansion differ from version to version, so a document type
declaration is refused outright; none of the emergency standards uses one.
"""

from collections.abc import Iterator

from lxml import etree

from liandong.contracts.errors import DocumentError, Reason

Element: TypeAlias = etree._Element  # pyright: ignore[reportPrivateUsage]  lxml names it so
"""An element of a tree."""

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
    if root.getroottree().docinfo.internalDTD is not None:
        raise _error(
            standard, "no document type declaration", found="<!DOCTYPE", reason=Reason.UNSAFE
        )
    _check_limits(root, standard)
    return root


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    """Return the element's namespace, empty where it has none."""
    return etree.QName(element).namespace or ""


def text_of(element: etree._Element) -> str:
    """Return all text in the element without the blanks around it."""
    return "".join(element.itertext()).strip()


_CHARSET_ERRORS = {
    etree.ErrorTypes.ERR_INVALID_CHAR,
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
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
        reason = Reason.WRONG_CHARSET if error.code in _CHARSET_ERRORS else Reason.NOT_WELL_FORMED
        raise _error(
            standard,
            "well-formed XML",
            where=f"line {line} column {column}",
            found=error.msg or "",
            reason=reason,
        ) from None


def _check_limits(root: etree._Element, standard: str) -> None:
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


def _walk(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            yield depth, element


def _error(
    standard: str, expected: str, *, where: str = "", found: str = "", reason: Reason
) -> DocumentError:
    return DocumentError(standard, expected, where=where, found=found, reason=reason)
