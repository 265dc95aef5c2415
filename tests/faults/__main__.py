"""Run the fault table: ``PYTHONPATH=tests python -m faults --seed 1 --slice --json FILE``."""

import argparse
import asyncio
import logging
import random
import signal
import sys
from pathlib import Path

import structlog

from faults.plan import Planned, read_plan
from faults.report import line_of, rows_as_json
from faults.runner import run_row


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat a run; else a new one is drawn")
    parser.add_argument("--slice", action="store_true", help="the short slice that CI runs")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here as well")
    parser.add_argument("--list", action="store_true", help="say which rows there are, and end")
    return parser.parse_args()


def _chosen(arguments: argparse.Namespace) -> list[Planned]:
    plan = read_plan()
    unknown = set(arguments.only or ()) - {row.name for row in plan}
    if unknown:
        sys.exit(f"no such row: {', '.join(sorted(unknown))}; --list says which there are")
    if arguments.only:
        return [row for row in plan if row.name in arguments.only]
    return [row for row in plan if row.slice_count or not arguments.slice]


async def _run(arguments: argparse.Namespace) -> bool:
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**6)  # noqa: S311
    _say(f"seed {seed}")
    rows = []
    for planned in _chosen(arguments):
        row = await run_row(planned, seed, in_slice=arguments.slice)
        _say(line_of(row))
        if row.failed:
            short = " --slice" if arguments.slice else ""
            _say(f'         again: make faults ARGS="--seed {seed}{short} --only {row.fault}"')
        rows.append(row)
        if arguments.json:
            arguments.json.write_text(rows_as_json(rows, in_slice=arguments.slice))
    return not any(row.failed for row in rows)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command's output


def main() -> None:
    """Run what was asked for; exit code 1 where a bar was missed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # disks and processes go as well
    # What the bus warns of here is what we do to it; a row that breaks says so itself.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    arguments = _arguments()
    if arguments.list:
        for row in read_plan():
            _say(f"{row.name:24} {row.title}")
        return
    try:
        sys.exit(0 if asyncio.run(_run(arguments)) else 1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
