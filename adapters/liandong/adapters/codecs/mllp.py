"""MLLP framing: bytes of a stream <-> HL7 messages. No sockets here.

Standard: HL7 Minimal Lower Layer Protocol, release 1 (which release 2 keeps): ``0x0B`` message
``0x1C 0x0D``. A message holds neither ``0x0B`` nor ``0x1C``: a reader that let them pass could be
made to see two messages where the sender meant one.
"""

import re

from liandong.contracts.errors import DocumentError, Reason

STANDARD = "MLLP"
START = b"\x0b"
END = b"\x1c"
CARRIAGE_RETURN = b"\x0d"

MAX_MESSAGE_BYTES = 1024 * 1024
MAX_NOISE_BYTES = 4096
"""Bytes outside a frame before we take it that the peer does not speak MLLP."""

_MARK = re.compile(rb"[\x0b\x1c]")


def frame(message: bytes) -> bytes:
    """Return a message as it goes on the wire.

    Raises:
        DocumentError: It holds a framing byte, and so cannot be sent over MLLP.
    """
    if mark := _MARK.search(message):
        raise _fault(f"byte {mark.start()}", "no framing byte in a message", mark[0])
    return START + message + END + CARRIAGE_RETURN


class Decoder:
    """Cuts a stream into messages, however the stream was split on its way.

    `feed` it what came, then call `next_message` until it returns None. After a fault the stream is
    out of step and stays so: the same fault is raised again. Answer it and close the connection.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inside = False
        self._searched = 0  # no mark lies before this
        self._noise = 0

    @property
    def partial(self) -> bytes:
        """What has come of a message that is not whole; before a fault, where there is one."""
        return bytes(self._buffer[: self._searched]) if self._inside else b""

    def feed(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._buffer += data

    def next_message(self) -> bytes | None:
        """Return the next whole message, or None where more bytes are needed.

        Bytes between frames are passed over: some senders end a frame with a line feed more.

        Raises:
            DocumentError: A message is longer than 1 MiB or holds a framing byte, or over 4 KiB
                came that are no frame.
        """
        if not self._inside:
            self._inside = self._find_start()
        return self._find_end() if self._inside else None

    def _find_start(self) -> bool:
        start = self._buffer.find(START)
        noise = len(self._buffer) if start < 0 else start
        if self._noise + noise > MAX_NOISE_BYTES:
            raise _fault("between frames", "0x0B, the start of a frame", self._buffer[:20])
        self._noise = 0 if start >= 0 else self._noise + noise
        del self._buffer[: noise + (start >= 0)]
        self._searched = 0
        return start >= 0

    def _find_end(self) -> bytes | None:
        mark = _MARK.search(self._buffer, self._searched)
        end = mark.start() if mark else len(self._buffer)
        if end > MAX_MESSAGE_BYTES:
            raise _fault("frame", f"at most {MAX_MESSAGE_BYTES} bytes", reason=Reason.OVERSIZE)
        self._searched = end
        tail = bytes(self._buffer[end : end + 2])
        if tail in (b"", END):
            return None
        if tail != END + CARRIAGE_RETURN:
            raise _fault(f"byte {end}", "0x1C 0x0D at the end of a frame", tail)
        message = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._inside = False
        return message


def _fault(
    where: str, expected: str, found: bytes | bytearray = b"", reason: Reason = Reason.UNSAFE
) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found.hex(" "), reason=reason)
