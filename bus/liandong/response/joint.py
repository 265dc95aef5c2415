"""Every concern of joint response at work at once, as a site runs them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from liandong.bus import Bus
from liandong.response.agreements import read_agreements
from liandong.response.aid import mutual_aid
from liandong.response.aid_ledger import aid_ledger
from liandong.response.clock_rules import read_clock_rules
from liandong.response.clocks import clocks
from liandong.response.concern import Concern
from liandong.response.desk import Desk
from liandong.response.early_warning import warnings
from liandong.response.incidents import INCIDENTS
from liandong.response.order_policy import read_policy
from liandong.response.orders import orders_under
from liandong.response.plan_library import read_folder, samples
from liandong.response.plans import plans
from liandong.response.referral_rules import read_referral_rules
from liandong.response.referrals import referrals
from liandong.response.register_desk import RegisterDesk
from liandong.response.report_rules import read_report_rules
from liandong.response.reports import reports
from liandong.response.warning_rules import read_warning_rules


class Rules(BaseModel):
    """The files that a site goes by; where none is named, what comes along, which is made up."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    orders: Path | None = None
    """Which orders two people must release."""
    plans: Path | None = None
    """The folder of plans."""
    agreements: Path | None = None
    """Which neighbours are asked for aid, and in which ring."""
    referrals: Path | None = None
    """How soon a referral is answered, and what must go to the emergency side first."""
    reports: Path | None = None
    """Which reports are due, by grade."""
    clocks: Path | None = None
    """Clocks and the times they allow."""
    warnings: Path | None = None
    """Who assesses a clue, and how long each step to a warning may take."""


def concerns(region: str, rules: Rules) -> Iterator[Concern[Any]]:
    """Yield the concerns of a region, those apart that need more than a desk.

    Raises:
        ConfigurationError: A file of rules is wrong; says where.
    """
    yield orders_under(read_policy(rules.orders))
    yield INCIDENTS
    yield plans(read_folder(rules.plans) if rules.plans else samples())
    yield mutual_aid(region, read_agreements(rules.agreements))
    yield aid_ledger(region)
    yield referrals(read_referral_rules(rules.referrals))
    yield reports(read_report_rules(rules.reports))
    yield clocks(read_clock_rules(rules.clocks))
    yield warnings(read_warning_rules(rules.warnings))


async def run(bus: Bus, secret: bytes, rules: Rules) -> None:
    """Run a desk for each concern, in the mode of a bus and the name of its agency, for ever.

    Any number may run side by side, here and elsewhere.

    Args:
        bus: Where events are.
        secret: Keys the ids of what desks say; the same for all of that agency.
        rules: What they go by.

    Raises:
        ConfigurationError: A file of rules is wrong; says where.
    """
    desks = [Desk(bus, one, secret) for one in concerns(bus.agency.region, rules)]
    async with asyncio.TaskGroup() as tasks:
        for desk in (*desks, RegisterDesk(bus, secret)):
            tasks.create_task(desk.run())
