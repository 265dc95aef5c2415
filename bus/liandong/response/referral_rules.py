"""The rules of referrals, as data: how long a silence may last, and what may turn dangerous."""

import re
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liandong.contracts import Discipline, ReferralOffered, ReferralUrgency
from liandong.contracts.codes import SecondsAllowed
from liandong.contracts.subjects import AgencyName
from liandong.response.rule_file import read_rules

_URGENT_FIRST = tuple(ReferralUrgency)

_SHIPPED = "referral_rules.toml"


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Danger(_Rules):
    """Something that may turn dangerous: how it is known, and who must hear of it."""

    to_service: Discipline
    """The emergency service that must hear of it."""
    why: Annotated[str, Field(min_length=1, max_length=200)]
    """What is feared, in a few words for people."""
    urgencies: frozenset[ReferralUrgency] = frozenset()
    """It is so where it is offered with such an urgency,"""
    service_codes: frozenset[str] = frozenset()
    """or under such an Open311 ``service_code``,"""
    words: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """or where such a word is said of it, in whatever case; of Latin words whole ones only."""

    @model_validator(mode="after")
    def _can_be_known(self) -> Self:
        if not (self.urgencies or self.service_codes or self.words):
            raise ValueError(f"{self.why}: neither urgencies, service_codes nor words")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of the words; nothing where there are none."""
        words = (rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in self.words)
        return re.compile("|".join(words) or r"(?!)", re.IGNORECASE)


class ReferralRules(_Rules):
    """How long a silence may last, and what may turn dangerous."""

    emergency_services: frozenset[Discipline]
    """The emergency side: what is offered to one of them is in good hands."""
    emergency_default: Discipline = Discipline.POLICE
    """Which of them must hear of a request that is returned as an emergency."""
    emergency_agencies: dict[Discipline, AgencyName] = {}
    """Whom to offer to on the emergency side, by service; where none is named, it chooses."""
    answer_within_s: dict[ReferralUrgency, SecondsAllowed]
    """By urgency: how long an offer, or a returned request, may lie until somebody takes it."""
    done_within_s: dict[ReferralUrgency, SecondsAllowed]
    """By urgency: how long its holder may be silent, where nobody said when it will be done."""
    decide_within_s: SecondsAllowed
    """How long an arbiter may take, where the dispute names no moment."""
    chase_every_s: SecondsAllowed
    """How often people are told of a silence, for as long as it lasts."""
    danger: tuple[Danger, ...] = ()
    """What may turn dangerous; the first that fits counts."""

    @model_validator(mode="after")
    def _knows_every_urgency(self) -> Self:
        for name in ("answer_within_s", "done_within_s"):
            if missing := [u.value for u in ReferralUrgency if u not in getattr(self, name)]:
                raise ValueError(f"{name} has no {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _sends_to_the_emergency_side(self) -> Self:
        named = {self.emergency_default, *(danger.to_service for danger in self.danger)}
        if others := sorted(named - self.emergency_services):
            raise ValueError(f"{', '.join(others)} not in emergency_services: it would go round")
        return self

    def answer_by(self, urgency: ReferralUrgency, asked: datetime) -> datetime:
        """Return by when somebody must have taken what was asked at a moment."""
        return asked + _within(self.answer_within_s, urgency)

    def done_by(self, urgency: ReferralUrgency, heard: datetime) -> datetime:
        """Return by when more must be heard of what was last heard of at a moment."""
        return heard + _within(self.done_within_s, urgency)

    def decide_by(self, disputed: datetime) -> datetime:
        """Return by when an arbiter must decide what was disputed at a moment."""
        return disputed + timedelta(seconds=self.decide_within_s)

    def danger_in(self, offer: ReferralOffered, said: BaseModel) -> Danger | None:
        """Return what may turn dangerous in a request, by what was said of it; None if nothing."""
        return next((one for one in self.danger if _fits(one, offer, said)), None)


def _within(allowed: dict[ReferralUrgency, float], urgency: ReferralUrgency) -> timedelta:
    """Return the time allowed; what a later version calls urgent has the least."""
    return timedelta(seconds=allowed.get(urgency, allowed[_URGENT_FIRST[0]]))


def _fits(danger: Danger, offer: ReferralOffered, said: BaseModel) -> bool:
    if offer.urgency in danger.urgencies or offer.service_code in danger.service_codes:
        return True
    return danger.pattern.search(_text(said)) is not None


def _text(said: BaseModel) -> str:
    """Return what an event says in words."""
    names = ("service_name", "summary", "description", "status_notes", "reason")
    texts = [getattr(said, name, None) for name in names]
    if isinstance(said, ReferralOffered):
        texts += [value for attribute in said.attributes for value in attribute.values]
    return "\n".join(filter(None, texts))


@cache
def default_rules() -> ReferralRules:
    """Return the rules that come along: made up."""
    return read_referral_rules()


def read_referral_rules(path: Path | None = None) -> ReferralRules:
    """Return the rules in a file (TOML); the made-up ones that come along where none is named.

    Raises:
        ConfigurationError: It cannot be read, or says what cannot be. The message says what.
    """
    return read_rules(ReferralRules, _SHIPPED, path)
