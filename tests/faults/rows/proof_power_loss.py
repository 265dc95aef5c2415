"""Proof: without our setting a power loss takes confirmed events, and the checker says so."""

from pathlib import Path

from faults.checker import Verdict, check
from faults.facts import AREA, item_of, reported
from faults.judge import log_of
from faults.row import Row, Spec
from faults.rows.power_loss import cut_power, powered_broker
from liandong.bus import connect

_EVENTS = 300


async def run(spec: Spec) -> Row:
    """Cut the power of a young and of an aged broker that syncs when it likes, as by default."""
    row = spec.row()
    for age in ("young", "aged"):
        verdict = await confirmed_and_cut(spec.folder / age, sync="2m", aged=age == "aged")
        row.facts[f"{age}_lost_without_sync"] = len(verdict.lost)
        row.injected += 1
    return row


async def confirmed_and_cut(folder: Path, *, sync: str, aged: bool) -> Verdict:
    """Have events confirmed, cut the power, and compare them with what is left.

    Args:
        folder: Where it all lies; made here.
        sync: How often the broker syncs; see `Broker`.
        aged: Let the system write the streams down before the events come.
    """
    async with powered_broker(folder, sync=sync) as (broker, disk):
        async with await connect(servers=(broker.url,)) as bus:
            await bus.apply()
            if aged:
                disk.sync()
            sent = [bus.envelope(reported("lz-1", n), area=AREA) for n in range(_EVENTS)]
            confirmed = [stored.envelope.id for stored in await bus.send_many(sent)]
        await cut_power(broker, disk)
        async with await connect(servers=(broker.url,)) as bus:
            await bus.apply()  # a stream may be gone altogether
        return check([item_of(envelope) for envelope in sent], confirmed, await log_of(broker.url))
