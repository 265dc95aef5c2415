"""A process that runs the one adapter of a site file, as the adapter kit does."""

import sys
from pathlib import Path

from bench.loops import run
from liandong.adapters.sdk import run as run_adapter
from liandong.bus import connect
from liandong.ops.site import read_site


async def main(site: Path) -> None:
    """Run it until killed."""
    adapter = read_site(site).adapters[0].build()
    with adapter.journal:
        async with await connect(agency=adapter.settings.agency) as bus:
            print("ready", flush=True)
            await run_adapter(adapter, bus)


if __name__ == "__main__":
    run(main(Path(sys.argv[1])))
