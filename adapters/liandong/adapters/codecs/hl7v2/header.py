"""The message header (MSH), read from anything at all: an answer is owed to a broken message too.

Standard: HL7 v2.1 to v2.9, chapter 2, §2.14.9 (MSH), Table 0211 (character sets).
"""

import re
from dataclasses import dataclass

MAX_HEADER_BYTES = 4096
DEFAULT_CODEC = "gb18030"
AS_IT_STANDS = "latin-1"

# Table 0211, and the names that senders write instead; compared without blanks and punctuation.
# Those that Python cannot read, or in which a separator is not one byte, are absent on purpose.
CHARSETS = {
    "UNICODEUTF8": "utf-8",
    "UTF8": "utf-8",
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "BIG5": "big5",
    "KSX1001": "euc_kr",
    "ASCII": "ascii",
    "USASCII": "ascii",
    **{f"8859{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
    **{f"ISO8859{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}

# ASCII is what senders write who send something else: their bytes are kept as they stand.
_CODECS = tuple(codec for codec in dict.fromkeys(CHARSETS.values()) if codec != "ascii")
_LINE_END = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Header:
    """MSH as the sender wrote it: its own separators, nothing undone.

    Attributes:
        fields: The segment between field separators, ``MSH`` first; empty where it is no MSH.
        separator: MSH-1, the field separator.
        codec: Python's name of the character set that the message is in; `AS_IT_STANDS` where it
            is in none that it may be in.
    """

    fields: tuple[str, ...] = ()
    separator: str = "|"
    codec: str = AS_IT_STANDS

    def field(self, number: int) -> str:
        """Return MSH-``number`` (from 2) as it stands; empty where absent."""
        return self.fields[number - 1] if number <= len(self.fields) else ""

    def component(self, number: int, component: int) -> str:
        """Return a component of MSH-``number``'s first repetition; empty where absent."""
        first = self.field(number).split(self.encoding[1])[0]
        parts = first.split(self.encoding[0])
        return parts[component - 1] if component <= len(parts) else ""

    @property
    def encoding(self) -> str:
        """MSH-2: component, repetition, escape, subcomponent separator; the usual if unusable."""
        usable = len(set(self.field(2)[:4])) == 4  # noqa: PLR2004  four separators
        return self.field(2) if usable else "^~\\&"

    @property
    def control_id(self) -> str:
        """MSH-10: the sender's own number of this message."""
        return self.field(10)

    @property
    def identity(self) -> str:
        """Who sent it and its number (MSH-3, MSH-4, MSH-10), at most 500 characters."""
        return "/".join((self.component(3, 1), self.component(4, 1), self.control_id))[:500]


def read_header(message: bytes, default_codec: str = DEFAULT_CODEC) -> Header:
    """Return what can be read of a message's header. Never raises.

    A header's character set is named inside it, and in GB 18030 or Big5 the second byte of a
    character may look like a separator. So the set is the one that, used to read MSH-18, finds
    itself named there; where there is none, UTF-8 if the whole message is that, else the default.

    Args:
        message: A message or the beginning of one.
        default_codec: Python's name of the character set of messages that name none.
    """
    message = skip_blanks(message)
    line = _LINE_END.split(message[:MAX_HEADER_BYTES], maxsplit=1)[0]
    for codec in _CODECS:
        header = _split(line, codec)
        if named_codec(header) == codec:
            return header
    fitting = (codec for codec in ("utf-8", default_codec) if _is_in(message, codec))
    return _split(line, next(fitting, AS_IT_STANDS))


def skip_blanks(message: bytes) -> bytes:
    """Return a message without the byte order mark and blanks that some senders begin with."""
    return message.removeprefix(b"\xef\xbb\xbf").lstrip()


def _split(line: bytes, codec: str) -> Header:
    text = line.decode(codec, errors="replace")
    if not text.startswith("MSH") or len(text) < 4:  # noqa: PLR2004  MSH and its separator
        return Header(codec=codec)
    return Header(tuple(text.split(text[3])), text[3], codec)


def _is_in(message: bytes, codec: str) -> bool:
    try:
        message.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def named_codec(header: Header) -> str | None:
    """Return Python's name of the character set in MSH-18; None for none that is known here."""
    return CHARSETS.get(re.sub(r"[^A-Z0-9]", "", header.component(18, 1).upper()))
