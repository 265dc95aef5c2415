"""How fast the bus is beside the plain client and beside FastStream, measured in one run.

python -m bench [--quick] [--only NAME …] [--loop uvloop|asyncio] [--json FILE]
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import loops
from bench.about import about
from bench.consume import consume
from bench.figures import Outcome, not_run
from bench.ingest import ingest
from bench.latency import latency
from bench.memory import memory
from bench.orders import orders
from bench.publish import publish_many, publish_synced
from bench.report import document, table
from bench.scale import scale
from bench.scope import Scope
from bench.timeline import timeline

BENCHES: dict[str, Callable[[Scope], Awaitable[Outcome]]] = {
    "publish_many": publish_many,
    "publish_synced": publish_synced,
    "consume": consume,
    "latency": latency,
    "orders": orders,
    "memory": memory,
    "scale": scale,
    "timeline": timeline,
    "ingest": ingest,
}


def main() -> None:
    """Measure and print; a bench that fails costs only its own lines."""
    given = _arguments()
    loops.choose(given.loop)
    taken_on = about(loop=given.loop, quick=given.quick)
    outcomes, failed = list[Outcome](), False
    for name in given.only or BENCHES:
        begun = time.perf_counter()
        try:
            outcomes.append(loops.run(BENCHES[name](Scope(quick=given.quick))))
        except Exception as error:  # noqa: BLE001  the others are worth their minutes
            traceback.print_exc()
            outcomes.append(not_run(name, f"it failed: {error!r}"))
            failed = True
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        if given.json:  # after each: a run that is cut short keeps what it has
            given.json.write_text(json.dumps(document(outcomes, taken_on), indent=1) + "\n")
    print(table(outcomes))
    sys.exit(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a slice, in less than a minute")
    parser.add_argument("--only", action="append", choices=BENCHES, help="one bench; repeatable")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    parser.add_argument(
        "--loop", choices=loops.LOOPS, default=loops.default(), help="the event loop of all"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
