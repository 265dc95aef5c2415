"""What an adapter is asked whose foreign system does not answer."""

import asyncio
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from liandong.adapters.sdk.adapter import Adapter, Sink, Source
from liandong.adapters.sdk.conformance.common import CommonChecks
from liandong.adapters.sdk.conformance.hardships import (
    SECRET,
    must,
    must_hide,
)
from liandong.adapters.sdk.intake import Intake
from liandong.adapters.sdk.outlet import Outlet
from liandong.bus import Bus
from liandong.contracts import (
    LiandongError,
    Unavailable,
)

_DOWN_S = 1.5


class OutageChecks(CommonChecks):
    """What an adapter is asked whose foreign system does not answer."""

    async def test_09_an_outage_is_borne(self, bus: Bus, tmp_path: Path) -> None:
        """9: it goes on trying, says once what is wrong, and shows no secret."""
        with self.opened(tmp_path, down=True) as adapter, capture_logs() as logs:
            await self._suffer(adapter, bus)
            must(bool(adapter.health.problem), "its health notes no problem")
            told = [entry for entry in logs if adapter.health.problem in str(entry)]
            must(len(told) == 1, f"the problem was logged {len(told)} times")
            must_hide(adapter, repr(logs) + adapter.health.problem)

    async def _suffer(self, adapter: Adapter[Any], bus: Bus) -> None:
        if isinstance(adapter, Source):
            running = asyncio.create_task(Intake(adapter, bus, SECRET).run())
            done, _ = await asyncio.wait({running}, timeout=_DOWN_S)
            must(not done, f"it ended: {done}")
            running.cancel()
            await asyncio.wait({running})
        if isinstance(adapter, Sink) and self.events:
            for _ in range(2):
                try:
                    await Outlet(adapter, bus, SECRET).deliver(self.events[0])
                except Unavailable:
                    continue
                except LiandongError as error:
                    raise AssertionError(f"an outage is no {error!r}") from error
                raise AssertionError("delivered to nobody")
