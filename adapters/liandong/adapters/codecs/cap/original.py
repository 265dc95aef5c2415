"""A document kept beside what was read from it, so that nothing is kept twice.

An alert rarely says all of its document: a signature covers its blanks too, a file is inside it,
times and numbers can be spelt in several ways. `abridge` takes out the texts that the alert gives
back as they were; `restore` puts them in again, and the bytes are those of the document.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Never
from xml.parsers import expat

from liandong.adapters.codecs.cap.document import Alert
from liandong.adapters.codecs.cap.rules import STANDARD
from liandong.adapters.codecs.cap.writer import texts
from liandong.contracts.errors import DocumentError, Reason

_GIVEN = "given"
_MARK = f"<?{_GIVEN}?>".encode()
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ENCODING = re.compile(r"""^\ufeff?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = 200  # bytes that a declaration fits in


def abridge(body: bytes, alert: Alert) -> str | None:
    """Return a document with ``<?given?>`` for each text that the alert gives back as it was.

    Args:
        body: A document that `parse` has read.
        alert: What is known of it where it is to be restored.

    Returns:
        An XML document; None where its bytes could not be had back from it, as in an encoding that
        its declaration does not name.
    """
    given = texts(alert)
    try:
        data = body.decode(_encoding(body)).encode()
        short = _spliced(data, _given_back(data, given)).decode()
        return short if _restored(short, given) == body else None
    except (DocumentError, LookupError, UnicodeError):
        return None


def restore(document: str, alert: Alert) -> bytes:
    """Return the document that was abridged.

    Args:
        document: What `abridge` has returned.
        alert: The same alert.

    Raises:
        DocumentError: The alert gives less than was taken out, or it is no XML of this kind.
    """
    try:
        return _restored(document, texts(alert))
    except (KeyError, LookupError, UnicodeError) as error:
        raise _fault("the document of this alert", str(error)) from None


def _restored(document: str, given: Mapping[str, str]) -> bytes:
    data = document.encode()
    return _spliced(data, _put_back(data, given)).decode().encode(_encoding(data))


_Change = tuple[int, int, str]


def _given_back(data: bytes, given: Mapping[str, str]) -> Iterable[_Change]:
    """Yield a mark for each text that is given; blanks around it stay."""
    for path, start, end in _Walk(data).leaves:
        if wanted := escape(given.get(path, ""), quote=False):
            found = data[start:end].decode()
            before = len(found[: len(found) - len(found.lstrip())].encode())
            if found.strip() == wanted:
                yield start + before, start + before + len(wanted.encode()), _MARK.decode()


def _put_back(data: bytes, given: Mapping[str, str]) -> Iterable[_Change]:
    """Yield what stands for each mark."""
    for path, at in _Walk(data).marks:
        yield at, at + len(_MARK), escape(given[path], quote=False)


def _spliced(data: bytes, changes: Iterable[_Change]) -> bytes:
    parts: list[bytes] = []
    done = 0
    for start, end, text in changes:
        parts += data[done:start], text.encode()
        done = end
    return b"".join((*parts, data[done:]))


def _encoding(document: bytes) -> str:
    if document.startswith(_UTF_16_MARKS):
        return "utf-16"
    found = _ENCODING.match(document[:_DECLARATION].decode(errors="replace"))
    return found[1] if found else "utf-8"


@dataclass
class _Open:
    """An element that is open: its path, its children so far, and where its text began."""

    path: str
    children: Counter[str] = field(default_factory=Counter[str])
    text_at: int | None = None


class _Walk:
    """Where things stand in a document: byte offsets, which only expat tells.

    Attributes:
        leaves: Path, start and end of each text in an element without children.
        marks: Path and start of each mark.
    """

    def __init__(self, data: bytes) -> None:
        self.leaves: list[tuple[str, int, int]] = []
        self.marks: list[tuple[str, int]] = []
        self._open = [_Open("")]
        self._parser = parser = expat.ParserCreate("UTF-8")
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise _fault("well-formed XML", str(error)) from None

    def _start(self, name: str, _: dict[str, str]) -> None:
        local, parent = name.rpartition(":")[2], self._open[-1]
        parent.children[local] += 1
        self._open.append(_Open(f"{parent.path}/{local}[{parent.children[local]}]"))

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if element.text_at is not None and not element.children:
            self.leaves.append((element.path, element.text_at, self._parser.CurrentByteIndex))

    def _text(self, _: str) -> None:
        if self._open[-1].text_at is None:
            self._open[-1].text_at = self._parser.CurrentByteIndex

    def _instruction(self, target: str, _: str) -> None:
        if target == _GIVEN:
            self.marks.append((self._open[-1].path, self._parser.CurrentByteIndex))


def _refuse(*_: Any) -> Never:
    raise DocumentError(
        STANDARD, "no document type declaration", found="<!DOCTYPE", reason=Reason.UNSAFE
    )


def _fault(expected: str, found: str) -> DocumentError:
    return DocumentError(STANDARD, expected, found=found, reason=Reason.NOT_WELL_FORMED)
