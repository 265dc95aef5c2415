"""What a second and a third copy cost, on this machine's disk: python bench/replicas.py.

One server beside three, every write synced: orders one after the other, many orders at once, and
the disk that an event takes. On one machine the three share its disk and processors; on machines of
their own they do not, and pay for the network instead.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.event import AREA, incident
from liandong.bus import Bus, connect
from liandong.bus.cluster import REPLICAS, Cluster
from liandong.bus.server import Server
from liandong.contracts.orders import Addressee, OrderIssued

ONE_BY_ONE, AT_ONCE, EVENTS, BATCH = 300, 2000, 20_000, 1000


async def main() -> None:
    """Print a line for each."""
    print("copies  one by one: p50 ms  p99 ms    at once: /s    bytes an event on each disk")
    with tempfile.TemporaryDirectory(dir=".") as place:
        async with Server(Path(place) / "one") as server:
            await _measure((server.url,), 1, server.folder)
        async with Cluster(Path(place) / "three") as cluster:
            await _measure(cluster.urls, REPLICAS, cluster.nodes[0].folder)


async def _measure(servers: tuple[str, ...], replicas: int, folder: Path) -> None:
    async with await connect(servers=servers, replicas=replicas) as bus:
        await bus.apply()
        seconds = sorted([await _publish(bus, n) for n in range(ONE_BY_ONE)])
        begun = time.perf_counter()
        await asyncio.gather(*(_publish(bus, ONE_BY_ONE + n) for n in range(AT_ONCE)))
        rate = AT_ONCE / (time.perf_counter() - begun)
        before = _size(folder)
        for begin in range(0, EVENTS, BATCH):
            batch = range(begin, begin + BATCH)
            await bus.send_many([bus.envelope(incident(n), area=AREA) for n in batch])
        stored = (_size(folder) - before) / EVENTS
    p50, p99 = (seconds[int(ONE_BY_ONE * share)] * 1000 for share in (0.5, 0.99))
    print(f"{replicas:6}  {p50:18.2f}  {p99:6.2f}  {rate:13.0f}  {stored:29.0f}")


async def _publish(bus: Bus, number: int) -> float:
    order = OrderIssued(
        order_id=f"o-{number}",
        addressee=Addressee(agency="lz/fire/119"),
        action="dispatch",
        issued_by="duty officer",
    )
    begun = time.perf_counter()
    await bus.publish(order, area=AREA)
    return time.perf_counter() - begun


def _size(folder: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    asyncio.run(main())
