"""A hospital's system that sends HL7 messages, and sends again what was not acknowledged."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from faults.foreign.side import ENOUGH, Foreign
from liandong.adapters.codecs import mllp
from liandong.adapters.medical.adt import HospitalBeds
from liandong.adapters.sdk import Document, Source
from liandong.contracts import FacilityStatus

_MESSAGE = (
    "MSH|^~\\&|HIS|FIRST|LD|CENTRE|20260102080000+0800||ADT^A01^ADT_A01|{n}|P|2.5\r"
    "EVN||{when}\rPID|1||P-{n}\rPV1|1|I|ICU^2^{n}||||||||||||||||V-{n}\r"
)
_FIRST_PATIENT = datetime.fromisoformat("2026-01-02T08:00:00+08:00")
_WARD = {"point_of_care": "ICU", "bed_type": "AdultICU", "beds": 10_000}
_ANSWER_S, _PAUSE_S = 30.0, 0.05


class Hospital(Foreign):
    """Admits one patient after another; each message waits for the answer to the one before."""

    adapter = HospitalBeds
    says = FacilityStatus

    def __init__(self, folder: Path) -> None:
        del folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        hospital = {"id": "lz-first", "name": "First", "facilities": ["FIRST"], "wards": [_WARD]}
        self.settings: dict[str, Any] = {"port": self._port, "hospitals": [hospital]}
        self._messages: list[bytes] = []
        self._answered = 0

    async def __aenter__(self) -> Self:
        """Begin to send."""
        self._sending = asyncio.create_task(self._send())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)

    async def give(self) -> None:
        """Admit more patients."""
        for n in range(len(self._messages), len(self._messages) + ENOUGH):
            when = _FIRST_PATIENT + timedelta(seconds=n)
            self._messages.append(_MESSAGE.format(n=n, when=f"{when:%Y%m%d%H%M%S%z}").encode())

    def acknowledged(self) -> bool:
        """Say whether every message was answered with AA."""
        return self._answered == len(self._messages)

    async def said(self, source: Source[Any]) -> AsyncIterator[Document]:
        """Yield all messages."""
        del source
        for n, message in enumerate(self._messages):
            yield Document(message, f"HIS/FIRST/{n}", "mllp:127.0.0.1")

    async def _send(self) -> None:
        while True:
            # While the adapter is dead, the message that waits is sent again.
            with suppress(OSError, EOFError, TimeoutError):
                await self._converse()
            await asyncio.sleep(_PAUSE_S)

    async def _converse(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while not self.acknowledged():
                writer.write(mllp.frame(self._messages[self._answered]))
                async with asyncio.timeout(_ANSWER_S):
                    answer = await reader.readuntil(b"\x1c\r")
                if b"MSA|AA|%d" % self._answered not in answer:
                    raise OSError(f"refused: {answer!r}")
                self._answered += 1
        finally:
            writer.close()
