"""A police CAD: exports its calls as CSV, picks up order files, and exports its answers."""

import asyncio
import csv
import io
from pathlib import Path

from liandong.ops.demo.actors.actor import Actor, Tell
from liandong.ops.demo.clock import now

_LOOK_S = 0.2
_ANSWER_COLUMNS = ("order_id", "incident_id", "unit_id", "state", "time", "reported_by")


class CadSystem(Actor):
    """Writes GB 18030, as many CAD systems in China do; reads the UTF-8 that it is given."""

    def __init__(self, name: str, tell: Tell, exports: Path, orders: Path) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            exports: The folder that it exports to.
            orders: The folder where it finds orders.
        """
        super().__init__(name, tell)
        self._exports, self._orders = exports, orders
        self._files = 0

    async def run(self) -> None:
        """Take each order that appears, and have a dispatcher accept it and see it done."""
        seen: set[Path] = set()
        self.ready.set()
        while True:
            for path in sorted(set(self._orders.glob("*.csv")) - seen):
                seen.add(path)
                self.say(f"picks up order file {path.name}")
                await self._answer(path)
            await asyncio.sleep(_LOOK_S)

    async def export_calls(self, calls: list[dict[str, str]]) -> None:
        """Export calls that were just taken."""
        self._export("calls", tuple(calls[0]), calls)

    async def _answer(self, path: Path) -> None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for order in csv.DictReader(file):
                for state in ("已受理", "已完成"):
                    answer = dict.fromkeys(_ANSWER_COLUMNS, "") | {
                        "order_id": order["order_id"],
                        "incident_id": order["incident_id"],
                        "unit_id": order["unit_id"],
                        "state": state,
                        "time": now().isoformat(),
                        "reported_by": "110 dispatcher 指挥中心接警员",
                    }
                    await asyncio.sleep(_LOOK_S)
                    self._export("answers", _ANSWER_COLUMNS, [answer])

    def _export(self, what: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
        """Write under a name that says it is unfinished, then rename."""
        self._files += 1
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, columns)
        table.writeheader()
        table.writerows(rows)
        path = self._exports / f"{what}-{self._files:03}.csv"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(text.getvalue().encode("gb18030"))
        unfinished.rename(path)
        self.say(f"CSV, GB 18030: {len(rows)} row(s) in {path.name}")
