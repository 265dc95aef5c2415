"""What every actor is."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

Tell = Callable[[str, str], None]
"""Says who does what in its own protocol, for the narration."""


class Actor(ABC):
    """A system of an agency. Its other public methods are what a step can have it do.

    Attributes:
        ready: Set once it listens.
    """

    def __init__(self, name: str, tell: Tell) -> None:
        self.name = name
        self.ready = asyncio.Event()
        self._tell = tell

    @abstractmethod
    async def run(self) -> None:
        """React to what comes over its own protocol, until cancelled."""

    def say(self, what: str) -> None:
        """Tell the audience."""
        self._tell(self.name, what)


class Caller(Actor):
    """One that only acts when it is told to."""

    async def run(self) -> None:
        """Do nothing of its own accord."""
        self.ready.set()
