"""A hospital's information system: tells admissions and discharges in HL7 v2 over MLLP."""

import asyncio

from liandong.ops.demo.actors.actor import Caller, Tell

_START, _END = b"\x0b", b"\x1c\r"


class HospitalSystem(Caller):
    """An MLLP sender that goes on only when it has been acknowledged."""

    def __init__(self, name: str, tell: Tell, address: str) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            address: Where its messages go, ``host:port``.
        """
        super().__init__(name, tell)
        self._address = address

    async def send(self, messages: list[list[str]]) -> None:
        """Send messages, each a list of segments.

        Raises:
            ConnectionError: One was not acknowledged with AA.
        """
        host, _, port = self._address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            for segments in messages:
                writer.write(_START + "\r".join(segments).encode() + _END)
                answer = (await reader.readuntil(_END)).decode()
                event, code = segments[0].split("|")[8], _acknowledgement(answer)
                self.say(f"MLLP: {event} answered {code}")
                if code != "AA":
                    raise ConnectionError(f"{event} was answered {answer!r}")
        finally:
            writer.close()
            await writer.wait_closed()


def _acknowledgement(answer: str) -> str:
    segments = answer.strip("\x0b\x1c\r").split("\r")
    return next(segment.split("|")[1] for segment in segments if segment.startswith("MSA|"))
