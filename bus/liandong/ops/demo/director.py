"""Has each step done once what it waits for has been seen; nothing is timed by sleeping."""

import asyncio
from collections.abc import Callable, Mapping

from liandong.ops.demo.actors.actor import Actor
from liandong.ops.demo.clock import now
from liandong.ops.demo.failure import DemoError, first
from liandong.ops.demo.scenario import Phase, Scenario, Step, filled
from liandong.ops.demo.watch import Watch


async def direct(
    scenario: Scenario,
    cast: Mapping[str, Actor],
    watches: Mapping[str, Watch],
    begin: Callable[[Phase], None],
) -> None:
    """Play the steps, one after the other.

    Args:
        scenario: The steps.
        cast: The actors by name.
        watches: What is seen, by region.
        begin: Told of each phase as it begins.

    Raises:
        DemoError: A step waited longer than its patience, or its actor could not do it; names
            the step, and what is missing or who failed.
    """
    for step in scenario.steps:
        await _await_conditions(step, watches)
        if step.phase:
            begin(scenario.phases[step.phase])
        await _do(step, cast[step.who])


async def _await_conditions(step: Step, watches: Mapping[str, Watch]) -> None:
    try:
        async with asyncio.timeout(step.patience_s):
            for condition in step.when:
                await watches[condition.region].until(condition)
    except TimeoutError:
        missing = [c for c in step.when if not watches[c.region].holds(c)]
        raise DemoError(
            f"{step.name!r} did not come within {step.patience_s:g} s; not seen: "
            + "; ".join(f"{condition} (on {condition.region})" for condition in missing)
        ) from None


async def _do(step: Step, actor: Actor) -> None:
    try:
        async with asyncio.timeout(step.patience_s):
            await getattr(actor, step.does)(**filled(step.given, now()))
    except Exception as error:
        raise DemoError(f"{actor.name} failed at {step.name!r}: {first(error)!r}") from error
