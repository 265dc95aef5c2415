r"""A whole message: its text, decoded exactly, and the segments that somebody asks for.

Standard: HL7 v2.1 to v2.9, chapter 2. Segments are taken apart by python-hl7, and only those asked
for and of bounded length: a whole message of separators would take it half a minute and a gigabyte.
Its own ``unescape`` is not used: it honours ``\.sp999999999\`` and logs what it cannot read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import hl7

from liandong.adapters.codecs.hl7v2.header import (
    AS_IT_STANDS,
    DEFAULT_CODEC,
    Header,
    named_codec,
    read_header,
    skip_blanks,
)
from liandong.contracts.errors import DocumentError, Reason

STANDARD = "HL7 v2"
MAX_PARSED_CHARS = 16 * 1024
MAX_CONTROL_ID_CHARS = 199

_VERSION = re.compile(r"2(\.\d+){0,2}")

Node = Sequence["Node"] | str
Segment = Sequence[Node]
"""Fields of repetitions of components of subcomponents, as python-hl7 nests them."""

_parse = cast("Callable[[str], Sequence[Segment]]", hl7.parse)  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose header keeps to the standard.

    Attributes:
        header: MSH.
        text: The message; encoded in the header's ``codec`` again it is the bytes that came, less
            blanks and a byte order mark before MSH.
        lines: Its segments, not taken apart.
        defects: What was read leniently.
    """

    header: Header
    text: str
    lines: tuple[str, ...]
    defects: tuple[str, ...]

    def segments(self, *names: str) -> tuple[Segment, ...]:
        """Return the segments of these names, in the message's order, taken apart.

        Raises:
            DocumentError: They are longer than 16 Ki characters together.
        """
        wanted = [line for line in self.lines if line[:3] in names]
        if sum(map(len, wanted)) > MAX_PARSED_CHARS:
            expected = f"at most {MAX_PARSED_CHARS} characters"
            raise fault(" and ".join(names), expected, reason=Reason.OVERSIZE)
        start = f"MSH{self.header.separator}{self.header.encoding}{self.header.separator}"
        return tuple(_parse("\r".join((start, *wanted)))[1:])

    def value(self, segment: Segment, field: int, component: int = 1, subcomponent: int = 1) -> str:
        """Return one value of a field's first repetition, escapes of separators undone.

        Empty where absent or explicitly null (``""``). A path that ends early at a leaf means that
        leaf: a field may have grown components since the sender's version.
        """
        node: Node = segment
        for index in (field, 0, component - 1, subcomponent - 1):
            if isinstance(node, str):
                return "" if index else self._unescape(node)
            if index >= len(node):
                return ""
            node = node[index]
        return self._unescape(cast("str", node))

    def _unescape(self, value: str) -> str:
        component, repetition, escape, subcomponent = self.header.encoding[:4]
        separators = {
            "F": self.header.separator,
            "S": component,
            "T": subcomponent,
            "R": repetition,
            "E": escape,
        }
        sequence = f"{re.escape(escape)}([FSTRE]){re.escape(escape)}"
        plain = re.sub(sequence, lambda match: separators[match[1]], value).strip()
        return "" if plain == '""' else plain


def parse(body: bytes, default_codec: str = DEFAULT_CODEC) -> Message:
    """Read a message.

    Args:
        body: One message, without its framing.
        default_codec: Python's name of the character set of messages that name none and are not
            UTF-8.

    Raises:
        DocumentError: It is no message, its header breaks the standard, or its text is not in the
            character set that it names.
    """
    header = read_header(body, default_codec)
    _check(header)
    text = _decode(skip_blanks(body), header)
    lines = _lines(text, header.separator)
    if sum(line[:3] in ("MSH", "BHS", "FHS") for line in lines) != 1:
        raise fault("MSH", "one message", found="a batch, or several messages")
    return Message(header, text, lines, tuple(_defects(header, text)))


def _defects(header: Header, text: str) -> Iterator[str]:
    if named_codec(header) != header.codec and not text.isascii():
        yield f"MSH-18 says {header.field(18)[:40] or 'nothing'}: read as {header.codec}"
    if "\n" in text and "\r" not in text:
        yield "segments end in LF, not CR"


def _check(header: Header) -> None:
    separators = header.separator + header.field(2)[:4]
    if not header.fields:
        raise fault("MSH", "a message that begins with MSH", reason=Reason.NOT_WELL_FORMED)
    if len(set(separators)) < 5 or any(c.isalnum() or c.isspace() for c in separators):  # noqa: PLR2004
        raise fault("MSH-2", "four separators", found=separators)
    if not header.component(9, 1):
        raise fault("MSH-9", "a message type")
    if not 0 < len(header.control_id) <= MAX_CONTROL_ID_CHARS:
        raise fault("MSH-10", f"1 to {MAX_CONTROL_ID_CHARS} characters")
    version = header.component(12, 1)
    if not _VERSION.fullmatch(version):
        raise fault("MSH-12", "HL7 version 2", found=version, reason=Reason.UNSUPPORTED)


def _decode(message: bytes, header: Header) -> str:
    named = header.component(18, 1)
    if named and named_codec(header) is None:
        raise fault("MSH-18", "a character set known here", found=named)
    if header.codec == AS_IT_STANDS:
        raise fault("MSH-18", "the character set it is in", reason=Reason.WRONG_CHARSET)
    try:
        return message.decode(header.codec)
    except UnicodeDecodeError as error:
        where, expected = f"byte {error.start}", f"text in {named}"
        raise fault(where, expected, reason=Reason.WRONG_CHARSET) from None


def _lines(text: str, separator: str) -> tuple[str, ...]:
    # A segment ends in CR; where a sender wrote LF or CR LF, only what starts like a segment is
    # one, because LF may stand in a text field.
    start = rf"\r?\n(?=[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}|[\r\n]|$))"
    return tuple(re.sub(start, "\r", text.rstrip()).split("\r"))


def fault(
    where: str, expected: str, *, found: str = "", reason: Reason = Reason.BREAKS_STANDARD
) -> DocumentError:
    """Return the error that says what stands where it should not."""
    return DocumentError(STANDARD, expected, where=where, found=found, reason=reason)
