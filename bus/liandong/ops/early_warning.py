"""Early warnings: how far each risk is, who has the next step, and by when."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from liandong.bus import Bus, connect
from liandong.contracts import Filter, WarningColour, labels
from liandong.ops.errors import Exit
from liandong.ops.words import Language
from liandong.response.early_warning import HEARD, Loop, advance, threads
from liandong.response.warning_rules import WarningRules, read_warning_rules
from liandong.response.warning_steps import Phase, Step, clue_of, level_of, phase_of, steps

_LATE = {"en": "late", "zh": "逾期"}
_NONE = {"en": "no risk", "zh": "没有风险"}
_PHASES = {
    Phase.CLUE: "线索",
    Phase.WATCHED: "持续关注",
    Phase.TO_WARN: "待预警",
    Phase.PROPOSED: "已建议预警",
    Phase.TASKING: "待派单",
    Phase.HANDLING: "处置中",
    Phase.REVIEWING: "待复盘",
    Phase.CLOSED: "已闭环",
}


async def show_warnings(
    settings: dict[str, Any],
    *,
    only_open: bool,
    rules: Path | None,
    language: Language,
    as_json: bool,
) -> int:
    """Print them; return how the command ends."""
    known = read_warning_rules(rules)
    async with await connect(**settings) as bus:
        loops = await loops_of(bus)
    cards = list(cards_of(loops, known, datetime.now(UTC)))
    shown = [card for card in cards if not only_open or card["phase"] != Phase.CLOSED]
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        _print(shown, known, language)
    return Exit.OK


async def loops_of(bus: Bus) -> dict[str, Loop]:
    """Return all that the log tells of early warnings, by correlation."""
    loops: dict[str, Loop] = {}
    async for entry in bus.history(Filter(contracts=HEARD)):
        if event := entry.envelope:
            for thread in threads(event):
                if loop := advance(loops.get(thread), event):
                    loops[thread] = loop
    return loops


def cards_of(
    loops: dict[str, Loop], rules: WarningRules, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield each risk as plain data, the oldest first, with all its steps."""
    risks = [(clue_of(loop.facts, risk), loop) for loop in loops.values() for risk in loop.risks]
    for clue, loop in sorted(risks, key=lambda one: one[0].at):
        level = level_of(loop.facts, clue.risk_id)
        yield {
            "risk": clue.risk_id,
            "correlation": clue.at.correlation,
            "area": clue.at.area,
            "category": clue.category.value,
            "hazard": clue.hazard,
            "noticed_by": clue.at.agency,
            "noticed": clue.at.time.isoformat(),
            "level": level.value if level else None,
            "phase": phase_of(loop.facts, clue.risk_id).value,
            "steps": [_step(step, now) for step in steps(loop.facts, clue.risk_id, rules)],
        }


def _step(step: Step, now: datetime) -> dict[str, Any]:
    return {
        "step": step.name.value,
        "owner": step.owner,
        "begun": step.begun.time.isoformat(),
        "due": step.due.isoformat(),
        "ended": step.end.time.isoformat() if step.end else None,
        "void": step.void,
        "late": (step.end.time if step.end else now) > step.due and not step.void,
    }


def _print(cards: list[dict[str, Any]], rules: WarningRules, language: Language) -> None:
    if not cards:
        typer.echo(_NONE[language])
    titles = {name.value: rule.title for name, rule in rules.step.items()}
    for card in cards:
        phase = card["phase"].replace("_", " ") if language == "en" else _PHASES[card["phase"]]
        level = _level(card["level"], language)
        typer.echo(f"{card['risk']}  {card['hazard']}  {level}  {card['area']}  {phase}")
        for step in card["steps"]:
            if not step["ended"]:
                late = f"  {_LATE[language]}" if step["late"] else ""
                due = datetime.fromisoformat(step["due"]).astimezone().strftime("%m-%d %H:%M")
                title = getattr(titles[step["step"]], language)
                typer.echo(f"    {title}: {step['owner']}  {due}{late}")


def _level(level: str | None, language: Language) -> str:
    return getattr(labels.of_code(WarningColour(level)), language) if level else "-"
