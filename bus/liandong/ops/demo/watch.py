"""What has been seen on a bus since the demo began."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from liandong.bus import Entry, Following
from liandong.contracts import Envelope, ReferralOffered
from liandong.ops.demo.scenario import Condition


class Watch:
    """Keeps what passes, and waits for what should."""

    def __init__(self, tell: Callable[[Entry], None]) -> None:
        """Prepare.

        Args:
            tell: Called with each message as it passes.
        """
        self._tell = tell
        self._seen: list[Envelope] = []
        self._grown = asyncio.Condition()

    async def run(self, following: Following) -> None:
        """Watch until cancelled."""
        async with aclosing(following) as entries:
            async for entry in entries:
                self._tell(entry)
                if entry.envelope:
                    async with self._grown:
                        self._seen.append(entry.envelope)
                        self._grown.notify_all()

    async def until(self, condition: Condition) -> None:
        """Wait until it holds."""
        async with self._grown:
            await self._grown.wait_for(lambda: self.holds(condition))

    def holds(self, condition: Condition) -> bool:
        """Say whether it holds now."""
        return sum(map(condition.fits, self._seen)) >= condition.times

    def first(self, key: str | None) -> Envelope | None:
        """Return the first event about an incident."""
        return next((seen for seen in self._seen if seen.key == key), None)

    def referrals(self, offered_by: str) -> list[ReferralOffered]:
        """Return what an agency has offered, the latest last."""
        offers = [seen.data for seen in self._seen if str(seen.source) == offered_by]
        return [offer for offer in offers if isinstance(offer, ReferralOffered)]
