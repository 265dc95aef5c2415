"""A desk of a command centre. It is native to the bus: it reads it, and speaks on it."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from liandong.bus import Bus
from liandong.contracts import (
    Precedence,
    ReferralAccepted,
    ReferralClosed,
    ReferralOutcome,
    ReferralProgressed,
    RequestStatus,
    ResponseGrade,
    contract,
)
from liandong.ops.demo.actors.actor import Caller, Tell
from liandong.ops.demo.clock import now
from liandong.ops.demo.watch import Watch
from liandong.response.plan_activation import Wish, activated, activation_id
from liandong.response.plan_file import read_plan


class Desk(Caller):
    """People at a screen, who see what is said and say what is decided."""

    def __init__(self, name: str, tell: Tell, bus: Bus, watch: Watch) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            bus: Speaks for the centre.
            watch: What the desk has seen.
        """
        super().__init__(name, tell)
        self._bus, self._watch = bus, watch

    async def publish(
        self, event: str, data: dict[str, Any], area: str, precedence: str = "routine"
    ) -> None:
        """Say something; it belongs with what was first said of its incident."""
        fact = contract(event).model_validate(data)
        first = self._watch.first(data["incident_id"])
        await self._bus.publish(
            fact,
            area=area,
            precedence=Precedence(precedence),
            correlation=first and (first.correlation or first.id),
        )

    async def activate(self, plan: str, level: str, incident_id: str, area: str) -> None:
        """Put a plan into force: who is to do what then is in the plan, and said by the bus."""
        folder = Path(str(files("liandong.ops.demo"))) / "plans"
        chosen, decided = (
            read_plan(folder / f"{plan}.toml"),
            Wish(ResponseGrade(level), incident_id),
        )
        named = activation_id(chosen, incident_id)
        first = self._watch.first(incident_id)
        await self._bus.publish(
            activated(chosen, decided, named, now()),
            area=area,
            precedence=Precedence.FLASH,
            correlation=first and (first.correlation or first.id),
        )

    async def see_passed_on(self, order_id: str) -> None:
        """See that an order which nobody accepted has gone to the next in line."""
        self.say(f"sees {order_id} passed on to the next in line 见命令已转下一顺位")

    async def settle_referral(self, offered_by: str, area: str, notes: str) -> None:
        """Take the latest request that an agency has offered, see to it, and close it."""
        referral_id, us = self._watch.referrals(offered_by)[-1].referral_id, str(self._bus.agency)
        steps = (
            ReferralAccepted(referral_id=referral_id, accepted_by=us),
            ReferralProgressed(
                referral_id=referral_id,
                progressed_by=us,
                status=RequestStatus.OPEN,
                status_notes=notes,
            ),
            ReferralClosed(
                referral_id=referral_id,
                closed_by=us,
                outcome=ReferralOutcome.UNFOUNDED,
                status_notes=notes,
            ),
        )
        for step in steps:
            await self._bus.publish(step, area=area)

    async def stand_down(self) -> None:
        """See that it is over."""
        self.say("sees it cleared and stands down 解除待命")
