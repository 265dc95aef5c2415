"""What a sink is asked, about the events given."""

from pathlib import Path

from structlog.testing import capture_logs

from liandong.adapters.sdk.conformance.common import CommonChecks
from liandong.adapters.sdk.conformance.hardships import (
    SECRET,
    Crash,
    CrashingJournal,
    hear,
    must,
    must_hide,
    must_report,
    must_survive,
)
from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.journal import Journal
from liandong.adapters.sdk.outlet import Outlet
from liandong.adapters.sdk.seal import seal
from liandong.bus import Bus
from liandong.contracts import OrderIssued, OrderReported


class SinkChecks(CommonChecks):
    """What a sink is asked, about the events given."""

    async def test_03_answers_survive_the_wire(self, tmp_path: Path) -> None:
        """3: what the foreign system answered at once is the same after the wire."""
        with self.opened(tmp_path) as adapter:
            for event in self.events:
                asked = Document(event.encode(), event.id, str(event.source))
                for draft in await hear(adapter, event):
                    must_survive(seal(draft, asked, adapter.settings, SECRET, cause=event))

    async def test_07_a_crash_between_delivers_again(self, bus: Bus, tmp_path: Path) -> None:
        """7: what was delivered and not noted is delivered once more; what was noted is not."""
        for memory, delivered in ((CrashingJournal, 1), (Journal, 1), (Journal, 0)):
            with self.opened(tmp_path, memory) as adapter:
                outlet = Outlet(adapter, bus, SECRET)
                try:
                    await outlet.deliver(self.events[0])
                except Crash:
                    adapter.journal.rollback()
                count = adapter.health.counters.delivered
                must(count == delivered, f"delivered {count} times, not {delivered}")

    async def test_10_deliveries_are_counted(self, bus: Bus, tmp_path: Path) -> None:
        """10: delivered and duplicates tell what happened."""
        with self.opened(tmp_path) as adapter:
            outlet, counters = Outlet(adapter, bus, SECRET), adapter.health.counters
            for event in (*self.events, *self.events):
                await outlet.deliver(event)
            said = (counters.delivered, counters.duplicates)
            must(said == (len(self.events),) * 2, f"counted {counters}")

    async def test_11_orders_are_answered(self, tmp_path: Path) -> None:
        """11: each is reported as received first, and never in a state after a final one."""
        with self.opened(tmp_path) as adapter:
            for event in self.events:
                if isinstance(event.data, OrderIssued):
                    facts = [draft.event for draft in await hear(adapter, event)]
                    must_report([fact for fact in facts if isinstance(fact, OrderReported)])

    async def test_12_no_secret_is_logged_in_delivering(self, bus: Bus, tmp_path: Path) -> None:
        """12: not while it delivers."""
        with self.opened(tmp_path) as adapter, capture_logs() as logs:
            for event in self.events:
                await Outlet(adapter, bus, SECRET).deliver(event)
            must_hide(adapter, repr(logs) + adapter.health.problem)
