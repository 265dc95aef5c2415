"""Every concern of joint response at work at once, as a site runs them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from liandong.bus import Bus, home
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
from liandong.response.plan_library import Library, read_folder
from liandong.response.plan_lint import sound
from liandong.response.plans import plans
from liandong.response.referral_rules import read_referral_rules
from liandong.response.referrals import referrals
from liandong.response.register_desk import RegisterDesk
from liandong.response.report_rules import read_report_rules
from liandong.response.reports import reports
from liandong.response.rules import Rules
from liandong.response.warning_rules import read_warning_rules


def concerns(region: str, rules: Rules) -> Iterator[Concern[Any]]:
    """Yield the concerns of a region, those apart that need more than a desk.

    Raises:
        ConfigurationError: A file of rules is wrong; says where.
    """
    yield orders_under(read_policy(rules.orders))
    yield INCIDENTS
    yield plans(site_library(rules.plans))
    yield mutual_aid(region, read_agreements(rules.agreements))
    yield aid_ledger(region)
    yield referrals(read_referral_rules(rules.referrals))
    yield reports(read_report_rules(rules.reports))
    yield clocks(read_clock_rules(rules.clocks))
    yield warnings(read_warning_rules(rules.warnings))


def site_library(folder: Path | None = None) -> Library:
    """Return the plans that a site carries out: those of a folder, else of ``LIANDONG_HOME/plans``.

    Raises:
        ConfigurationError: A plan cannot be read, or used.
    """
    where = folder or home() / "plans"
    return sound(read_folder(where)) if folder or where.is_dir() else Library()


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
