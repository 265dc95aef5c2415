"""The languages that a review is told in, its words, its times and its durations."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Literal

from liandong.contracts import (
    ClockOutcome,
    Deadline,
    IncidentStatus,
    Milestone,
    ResponseGrade,
    Vocabulary,
    labels,
)

Language = Literal["en", "zh", "both"]
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_TENTHS_S = 10  # below it, tenths of a second are told


@dataclass(frozen=True, slots=True)
class Tongue:
    """Tells in one language or, side by side, in both.

    Attributes:
        language: ``en``, ``zh`` or ``both``.
        zone: The zone that times are told in.
        dated: Whether times need their date: more than a day is told of.
    """

    language: Language = "en"
    zone: tzinfo = UTC
    dated: bool = False

    def say(self, key: str, **values: object) -> str:
        """Return the review's own words, with values where they have places for them."""
        english, chinese = (words.format(**values) for words in _words()[key])
        return self.of({"en": english, "zh": chinese})

    def each(self) -> tuple["Tongue", ...]:
        """Return one for each language: whole sentences stand below each other, not mixed."""
        if self.language != "both":
            return (self,)
        return replace(self, language="en"), replace(self, language="zh")

    def of(self, texts: Mapping[str, str], between: str = " ") -> str:
        """Return a text that is there in both languages; the same text is said once."""
        if self.language == "both":
            return between.join(dict.fromkeys(filter(None, (texts.get("en"), texts.get("zh")))))
        return texts.get(self.language, "")

    def code(self, kind: type[Vocabulary], value: str) -> str:
        """Return what a code is called; one that is not known, by itself."""
        try:
            label = labels.of_code(kind(value))
        except ValueError:
            return value
        return self.of({"en": label.en, "zh": label.zh})

    @property
    def deadline(self) -> Callable[[str], str]:
        """Names a deadline."""
        return lambda value: self.code(Deadline, value)

    @property
    def milestone(self) -> Callable[[str], str]:
        """Names a milestone of a clock."""
        return lambda value: self.code(Milestone, value)

    @property
    def outcome(self) -> Callable[[str], str]:
        """Names how a clock ended."""
        return lambda value: self.code(ClockOutcome, value)

    @property
    def status(self) -> Callable[[str], str]:
        """Names an incident's status."""
        return lambda value: self.code(IncidentStatus, value)

    @property
    def grade(self) -> Callable[[str], str]:
        """Names an incident's grade."""
        return lambda value: self.code(ResponseGrade, value)

    def party(self, agency: str) -> str:
        """Return an agency's name; of a region that was asked as a whole, or of all, that it is."""
        if not agency:
            return self.say("everybody")
        region, _, rest = agency.partition("/")
        return self.say("whole_region", region=region) if rest == "*" else agency

    def time(self, moment: datetime) -> str:
        """Return a time of day, with its date where the review needs it."""
        return moment.astimezone(self.zone).strftime("%m-%d %H:%M:%S" if self.dated else "%H:%M:%S")

    def moment(self, moment: datetime) -> str:
        """Return a time with its date."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def duration(self, seconds: float | None) -> str:
        """Return how long something took, in the two units that tell the most."""
        if seconds is None:
            return self.say("none_here")
        if seconds < _TENTHS_S:
            return f"{seconds:.1f} {self._unit('s')}"
        whole = round(seconds)
        if whole < _MINUTE:
            return f"{whole} {self._unit('s')}"
        if whole < _HOUR:
            return self._two(whole, _MINUTE, 1, ("min", "s"))
        if whole < _DAY:
            return self._two(whole, _HOUR, _MINUTE, ("h", "min"))
        return self._two(whole, _DAY, _HOUR, ("d", "h"))

    def _two(self, seconds: int, large: int, small: int, units: tuple[str, str]) -> str:
        first, rest = divmod(seconds, large)
        second = rest // small
        told = f"{first} {self._unit(units[0])}"
        return f"{told} {second} {self._unit(units[1])}" if second else told

    def _unit(self, name: str) -> str:
        english, chinese = _words()[f"unit.{name}"]
        return chinese if self.language == "zh" else english


@cache
def _words() -> Mapping[str, tuple[str, str]]:
    text = (files(__package__ or "") / "words.toml").read_text("utf-8")
    return {key: (english, chinese) for key, (english, chinese) in tomllib.loads(text).items()}
