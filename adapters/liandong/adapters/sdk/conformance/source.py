"""What a source is asked, about the documents given."""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from structlog.testing import capture_logs

from liandong.adapters.sdk.adapter import Projection, Source
from liandong.adapters.sdk.conformance.common import CommonChecks
from liandong.adapters.sdk.conformance.hardships import (
    SECRET,
    CrashingJournal,
    dying,
    feed,
    hostile,
    must,
    must_hide,
    must_survive,
)
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.seal import seal
from liandong.adapters.sdk.translate import translate
from liandong.bus import Bus
from liandong.contracts import DocumentError

_SLOW_S = 5.0


class SourceChecks(CommonChecks):
    """What a source is asked, about the documents given."""

    def said(self, adapter: Source[Any]) -> Iterator[tuple[Document, tuple[Draft, ...]]]:
        """Yield each document with what it says."""
        state = adapter.state_type() if isinstance(adapter, Projection) else None
        for document in self.fixtures:
            if state is not None:
                folding = cast("Projection[Any, Any]", adapter)
                state, drafts = folding.fold(state, document)
                yield document, tuple(drafts)
            else:
                yield document, tuple(adapter.translate(document))

    def test_01_emits_nothing_else(self, tmp_path: Path) -> None:
        """1: every event is of a contract that it says it emits."""
        with self.opened(tmp_path) as adapter:
            for document, drafts in self.said(adapter):
                for draft in drafts:
                    what = f"{document.identity} gave {draft.event.event}, which emits lacks"
                    must(isinstance(draft.event, adapter.emits), what)

    def test_02_every_document_says_something(self, tmp_path: Path) -> None:
        """2: each gives an event, or is listed as silent and gives none."""
        with self.opened(tmp_path) as adapter:
            for document, drafts in self.said(adapter):
                silent = document.identity in self.silent
                must(bool(drafts) != silent, f"{document.identity} gave {len(drafts)} events")

    def test_03_events_survive_the_wire(self, tmp_path: Path) -> None:
        """3: each is the same after it was encoded and strictly decoded."""
        with self.opened(tmp_path) as adapter:
            for document, drafts in self.said(adapter):
                for draft in drafts:
                    must_survive(seal(draft, document, adapter.settings, SECRET))

    def test_04_the_same_document_gives_the_same_ids(self, tmp_path: Path) -> None:
        """4: also when it comes later, to an adapter that was started again."""
        with self.opened(tmp_path) as adapter:
            first = self._ids(adapter, self.fixtures)
        with self.opened(tmp_path) as adapter:
            again = self._ids(
                adapter, [replace(d, received=datetime.now(UTC)) for d in self.fixtures]
            )
        must(first == again, f"ids differ: {sorted(set(first) ^ set(again))}")

    def _ids(
        self, adapter: Source[Any], documents: Sequence[Document], secret: bytes = SECRET
    ) -> list[str]:
        ids = [e.id for d in documents for e in translate(adapter, d, secret).envelopes]
        adapter.journal.rollback()  # a state that was folded
        return ids

    def test_05_hostile_documents_are_refused(self, tmp_path: Path) -> None:
        """5: nothing but DocumentError, soon, whatever the bytes; and surely for these."""
        with self.opened(tmp_path) as adapter:
            for document in self.fixtures:
                for name, body, surely in hostile(document.body):
                    self._must_stand(adapter, name, replace(document, body=body), surely=surely)

    def _must_stand(
        self, adapter: Source[Any], name: str, document: Document, *, surely: bool
    ) -> None:
        begun = time.monotonic()
        try:
            tuple(adapter.translate(document))
        except DocumentError as error:
            must_hide(adapter, str(error))
        except Exception as error:
            raise AssertionError(f"{document.identity} {name} raised {error!r}") from error
        else:
            must(not surely, f"{document.identity} {name} was taken")
        must(time.monotonic() - begun < _SLOW_S, f"{document.identity} {name}: slow")

    def test_06_times_are_aware(self, tmp_path: Path) -> None:
        """6: no time is without its zone."""
        with self.opened(tmp_path) as adapter:
            for document, drafts in self.said(adapter):
                for draft in drafts:
                    must(draft.time.tzinfo is not None, f"{document.identity}: {draft.time} naive")

    async def test_07_a_crash_between_loses_and_doubles_nothing(
        self, bus: Bus, tmp_path: Path
    ) -> None:
        """7: it dies before publishing, then before noting that it has; in the end all is there."""
        secret = secrets.token_bytes()
        with self.opened(tmp_path / "untouched") as adapter:
            expected = set(self._ids(adapter, self.fixtures, secret))
        with self.opened(tmp_path) as adapter, dying(bus):
            await feed(adapter, self.fixtures, bus, secret)
        with self.opened(tmp_path, CrashingJournal) as adapter:
            before = await feed(adapter, self.fixtures, bus, secret)
        with self.opened(tmp_path) as adapter:
            after = await feed(adapter, self.fixtures, bus, secret)
            stored = {i for i in expected if adapter.journal.is_stored(i)}
        must(after.documents == len(self.fixtures), "a document was not settled")
        must(stored == expected, f"{len(expected - stored)} of {len(expected)} events were lost")
        must(not before.new & after.new, "an event was new twice")

    async def test_10_counters_move(self, bus: Bus, tmp_path: Path) -> None:
        """10: received, published, duplicates and rejected tell what happened."""
        broken = replace(self.fixtures[0], body=b"", identity="nothing at all")
        with self.opened(tmp_path) as adapter:
            counters = adapter.health.counters
            watcher = await feed(adapter, self.fixtures, bus, secrets.token_bytes())
            said = (counters.received, counters.published, counters.rejected)
            must(said == (len(self.fixtures), len(watcher.new), 0), f"counted {counters}")
            await feed(adapter, [broken], bus)
            must(counters.rejected == 1, f"an empty document, and {counters}")

    async def test_12_no_secret_is_logged(self, bus: Bus, tmp_path: Path) -> None:
        """12: neither for good documents nor for bad ones."""
        broken = [replace(d, body=d.body[: len(d.body) // 2]) for d in self.fixtures]
        with self.opened(tmp_path) as adapter, capture_logs() as logs:
            await feed(adapter, [*self.fixtures, *broken], bus)
            must_hide(adapter, repr(logs) + adapter.health.problem)
