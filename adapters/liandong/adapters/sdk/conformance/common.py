"""What any adapter is asked."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from liandong.adapters.sdk.adapter import Adapter
from liandong.adapters.sdk.conformance.hardships import (
    must,
    must_hide,
)
from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.journal import Journal
from liandong.adapters.sdk.runner import run
from liandong.bus import Bus
from liandong.contracts import (
    Envelope,
    Event,
)

_OPENS_S = 2.0


class CommonChecks:
    """What any adapter is asked."""

    adapter: ClassVar[type[Adapter[Any]]]
    settings: Callable[[Path], dict[str, Any]]
    down: Callable[[Path], dict[str, Any]]
    fixtures: ClassVar[tuple[Document, ...]]
    silent: ClassVar[frozenset[str]]
    events: ClassVar[tuple[Envelope, ...]]

    @contextmanager
    def opened(
        self, folder: Path, journal: type[Journal] = Journal, *, down: bool = False
    ) -> Generator[Any]:
        """Open the adapter with a journal that lasts as long as the folder."""
        given = {"name": "conformance", "agency": "lz/centre/desk", "area": "lz.1"}
        given |= (self.down if down else self.settings)(folder)
        parsed = self.adapter.settings_type.model_validate(given)
        with journal(folder / "conformance.journal") as memory:
            yield self.adapter(parsed, memory)

    def test_01_contracts_exist(self) -> None:
        """1: what it emits and handles are contracts of the bus."""
        known = set(Event.known.values())
        for name in ("emits", "handles"):
            named: tuple[type[Event], ...] = getattr(self.adapter, name, ())
            must(set(named) <= known, f"{name} names what is no contract: {named}")

    async def test_08_opens_and_closes(self, bus: Bus, tmp_path: Path) -> None:
        """8: with nothing received it is open within two seconds, and closed within two more."""
        with self.opened(tmp_path) as adapter:
            running = asyncio.create_task(run(adapter, bus))
            ready = asyncio.create_task(adapter.ready.wait())
            await asyncio.wait({running, ready}, timeout=_OPENS_S, return_when="FIRST_COMPLETED")
            opened = adapter.ready.is_set() or bool(adapter.health.problem) or running.done()
            ready.cancel()
            must(opened, f"not open after {_OPENS_S:g} s, and no problem noted")
            begun = time.monotonic()
            running.cancel()
            await asyncio.wait({running}, timeout=2 * _OPENS_S)
            must(time.monotonic() - begun < _OPENS_S, f"not closed after {_OPENS_S:g} s")

    def test_12_settings_hide_their_secrets(self, tmp_path: Path) -> None:
        """12: a secret of its settings is not in their text."""
        with self.opened(tmp_path) as adapter:
            must_hide(adapter, f"{adapter.settings!r} {adapter.settings}")
