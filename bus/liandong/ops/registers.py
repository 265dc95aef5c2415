"""Asking the registers over the bus, and showing what this site's own hold."""

import asyncio
import json
import re
from collections.abc import Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import typer
from rich.cells import cell_len

from liandong.bus import Bus, connect
from liandong.contracts import (
    AvailabilityAnswered,
    AvailabilityAsked,
    BedType,
    Event,
    FacilityStatus,
    Filter,
    Holding,
    Point,
    RegisterResource,
    ResourceType,
    RoadStatus,
    ShelterService,
    ShelterStatus,
    SupplyCategory,
    SupplyStatus,
    UnitPosition,
    UnitStatus,
    Vocabulary,
    labels,
    new_id,
)
from liandong.contracts.catalogue.finding import printable
from liandong.contracts.envelope import validated
from liandong.ops.errors import CommandError, Exit
from liandong.ops.words import Language, in_words
from liandong.response import Shelf
from liandong.response.register_desk import Positions
from liandong.response.register_match import lies_in
from liandong.response.register_offers import plain
from liandong.response.registers import REGISTERS, Listed

V = TypeVar("V", bound=Vocabulary)

_CODES: dict[str, type[Vocabulary]] = {
    "bed_type": BedType,
    "shelter_service": ShelterService,
    "supply_category": SupplyCategory,
    "resource_type": ResourceType,
}
_KINDS: dict[str, type[Event]] = {
    "beds": FacilityStatus,
    "shelters": ShelterStatus,
    "supplies": SupplyStatus,
    "units": UnitStatus,
    "roads": RoadStatus,
}
_DISTANCE = re.compile(r"(\d+(?:\.\d+)?)\s*(km|m)")
_AGES = ((86_400, "d", "天"), (3_600, "h", "小时"), (60, "min", "分钟"), (1, "s", "秒"))
_NOWHERE = {"en": "where?", "zh": "位置不详"}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question in the words of the command line; what is empty is not asked for.

    Attributes:
        kind: The register, as its code list names it.
        wanted: What is wanted of its kind, by field.
        count: How much would do; 0 for all there is.
        near: Latitude and longitude.
        within: How far from there.
        area: In which area.
    """

    kind: str
    wanted: dict[str, str]
    count: float = 0
    near: str = ""
    within: str = ""
    area: str = ""

    def question(self, agency: str, answer_by: datetime) -> AvailabilityAsked:
        """Return it as an event.

        Raises:
            CommandError: A code, a place or a distance cannot be read.
            ContractError: It is not what its contract says.
        """
        wanted = {
            name: code_of(_CODES[name], text) if name in _CODES else text
            for name, text in self.wanted.items()
            if text
        }
        fields = {
            "question_id": new_id(),
            "wanted": RegisterResource.model_validate({"kind": self.kind} | wanted),
            "wanted_quantity": self.count or None,
            "near": _point(self.near),
            "within_m": _metres(self.within),
            "area": self.area or None,
            "asked_by": agency,
            "answer_by": answer_by,
        }
        return validated(AvailabilityAsked, fields, "")


async def ask_registers(
    asking: Asking, settings: dict[str, Any], *, wait: float, language: Language, as_json: bool
) -> int:
    """Ask, wait, print what was answered; return how the command ends."""
    async with await connect(**settings) as bus:
        by = datetime.now(UTC) + timedelta(seconds=wait)
        question = asking.question(str(bus.agency), by)
        answers = await answers_to(bus, question, asking.area or bus.settings.area, wait)
    holdings = merged(answers)
    found = sum(holding.available_quantity for holding in holdings)
    about = {
        "question_id": question.question_id,
        "answered_by": [answer.answered_by for answer in answers],
        "more": any(answer.more for answer in answers),
        "found": found,
        "holdings": [_card(holding) for holding in holdings],
    }
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
    else:
        _table(_row(holding, language) for holding in holdings)
    if not answers:
        problem = f"nobody answered within {wait:g} s; 'liandong up' runs what answers"
        raise CommandError(problem, Exit.UNAVAILABLE)
    return Exit.OK if holdings and found >= asking.count else Exit.FAILED


async def answers_to(
    bus: Bus, question: AvailabilityAsked, area: str, wait: float
) -> list[AvailabilityAnswered]:
    """Ask, and return what was answered within so many seconds, the last of each agency."""
    answers: dict[str, AvailabilityAnswered] = {}
    which = Filter(contracts=(AvailabilityAnswered,), key=question.key())
    async with aclosing(await bus.follow(which)) as entries:
        await bus.publish(question, area=area, expires=question.answer_by)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                async for entry in entries:
                    said = entry.envelope
                    if said and isinstance(said.data, AvailabilityAnswered):
                        answers[str(said.source)] = said.data
    return list(answers.values())


def merged(answers: Iterable[AvailabilityAnswered]) -> list[Holding]:
    """Return the holdings of all answers, the nearest first: of two words on one, the later."""
    latest: dict[tuple[str, str, str], Holding] = {}
    for answer in answers:
        for holding in answer.holdings:
            what = holding.resource.model_dump_json()
            thing = (holding.holder or answer.answered_by, holding.entry_id, what)
            known = latest.get(thing)
            if known is None or known.last_update < holding.last_update:
                latest[thing] = holding.model_copy(update={"holder": thing[0]})
    return sorted(latest.values(), key=lambda h: (h.distance_m is None, h.distance_m or 0))


async def show_registers(
    kind: str | None, area: str, settings: dict[str, Any], language: Language, *, as_json: bool
) -> int:
    """Print what the registers hold; return how the command ends."""
    async with await connect(**settings) as bus:
        shelf = Shelf(bus, REGISTERS)
        await shelf.open()
        listed = [one for one in (await shelf.states()).values() if isinstance(one, Listed)]
        positions = await _positions(bus) if kind in (None, "units") else Positions()
    wanted = tuple(_KINDS.values()) if kind is None else (_KINDS[kind],)
    cards = [
        _entry(one, positions, language)
        for one in listed
        if isinstance(one.status.data, wanted) and lies_in(one.status.area, area or None)
    ]
    cards.sort(key=lambda card: (card["contract"], card["area"], card["id"]))
    if as_json:
        typer.echo(json.dumps(cards, ensure_ascii=False))
    else:
        _table(
            (c["id"], c["area"], c["agency"], age(c["age_s"], language), c["words"]) for c in cards
        )
    return Exit.OK


def code_of(codes: type[V], text: str) -> V:
    """Return the code that a person means: by its value, its name, or what it is called.

    Raises:
        CommandError: There is none; names all.
    """
    meant = _squeezed(text)
    for code in codes:
        label = labels.of_code(code)
        if meant in map(_squeezed, (code.value, code.name, label.en, label.zh)):
            return code
    raise CommandError(f"no {text!r}; there are {', '.join(codes)}", Exit.USAGE)


def age(seconds: float, language: Language) -> str:
    """Return how old something is, in the largest whole unit."""
    for size, en, zh in _AGES:
        if seconds >= size or size == 1:
            return f"{int(seconds // size)} {en if language == 'en' else zh}"
    raise AssertionError("a second is the smallest")


async def _positions(bus: Bus) -> Positions:
    """Return where units were last; of more units than the broker tells at once, nothing."""
    positions = Positions()
    with suppress(ValueError):
        for entry in await bus.latest(Filter(contracts=(UnitPosition,))):
            positions.take(entry.envelope)
    return positions


def _entry(one: Listed, positions: Positions, language: Language) -> dict[str, Any]:
    said = one.status
    status: Any = said.data
    true_at = getattr(status, "last_update", said.time)
    moved = positions.entry(one).position
    return {
        "id": getattr(status, said.data.state_of[0]),
        "contract": said.type,
        "agency": str(said.source),
        "area": said.area,
        "age_s": _age_s(true_at),
        "words": in_words(status, language),
        "position": moved and moved.data.model_dump(mode="json", exclude_none=True),
        "data": status.model_dump(mode="json", exclude_none=True),
    }


def _card(holding: Holding) -> dict[str, Any]:
    return holding.model_dump(mode="json", exclude_none=True) | {
        "age_s": _age_s(holding.last_update)
    }


def _row(holding: Holding, language: Language) -> tuple[str, ...]:
    away = holding.distance_m
    resource = holding.resource
    code = resource.bed_type or resource.resource_type or resource.supply_category
    what = resource.item_name or (code and getattr(labels.of_code(code), language)) or ""
    return (
        _NOWHERE[language] if away is None else f"{away / 1000:.1f} km",
        " ".join(filter(None, (f"{holding.available_quantity:g}", holding.quantity_unit))),
        what,
        holding.name or holding.entry_id,
        holding.holder or "",
        age(_age_s(holding.last_update), language),
    )


def _table(rows: Iterable[tuple[str, ...]]) -> None:
    lines = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (c + " " * (w - cell_len(c)) for c, w in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _point(text: str) -> Point | None:
    if not text:
        return None
    try:
        latitude, longitude = map(float, text.split(","))
        return Point.at(longitude, latitude)
    except ValueError:
        problem = f"--near {text!r}: say latitude,longitude, such as 31.98,118.41"
        raise CommandError(problem, Exit.USAGE) from None


def _metres(text: str) -> float | None:
    if not text:
        return None
    if not (found := _DISTANCE.fullmatch(text.strip().lower())):
        raise CommandError(f"--within {text!r}: say 40km or 800m", Exit.USAGE)
    return float(found[1]) * (1000 if found[2] == "km" else 1)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_-]", "", plain(text))


def _age_s(moment: datetime) -> float:
    return max(0.0, round((datetime.now(UTC) - moment).total_seconds(), 1))
