"""A warning centre that issues CAP alerts, and a broadcaster that takes them from a folder."""

import asyncio
from http import HTTPStatus
from pathlib import Path

import httpx

from liandong.ops.demo.actors.actor import Caller, Tell


class WarningCentre(Caller):
    """Pushes its alerts over HTTP."""

    def __init__(self, name: str, tell: Tell, address: str) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            address: Where alerts are pushed to, ``host:port``.
        """
        super().__init__(name, tell)
        self._url = f"http://{address}/cap"

    async def issue(self, alert: str) -> None:
        """Push an alert.

        Raises:
            ConnectionError: It was not taken.
        """
        headers = {"Content-Type": "application/cap+xml"}
        async with httpx.AsyncClient() as client:
            answer = await client.post(self._url, content=alert.encode(), headers=headers)
        self.say(f"HTTP POST /cap: {answer.status_code}")
        if answer.status_code != HTTPStatus.ACCEPTED:
            raise ConnectionError(f"the alert was answered {answer.status_code} {answer.text}")


class Broadcaster(Caller):
    """Reads the alerts that appear in its folder."""

    def __init__(self, name: str, tell: Tell, folder: Path) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            folder: Where alerts appear.
        """
        super().__init__(name, tell)
        self._folder = folder

    async def read_out(self, holding: str) -> None:
        """Wait for the alert that holds a text."""
        while True:
            for path in self._folder.glob("*.xml"):
                if holding in path.read_text("utf-8"):
                    self.say(f"CAP file: reads out {path.name}")
                    return
            await asyncio.sleep(0.1)
