"""Small vocabularies that several contracts share.

A vocabulary taken from a standard keeps the standard's own spelling; ours are lower case.
"""

from typing import Annotated

from pydantic import Field

from liandong.contracts.base import Value, Vocabulary

Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""How many: 0 to 1,000,000,000."""

Quantity = Count | Annotated[float, Field(ge=0, le=1_000_000_000)]
"""How much, in the unit that stands beside it: 0 to 1,000,000,000."""

Seconds = Annotated[float, Field(ge=0, le=31_622_400)]
"""How long, in seconds: 0 to 366 days."""

SecondsAllowed = Annotated[float, Field(gt=0, le=31_622_400)]
"""A time allowed, in seconds: above 0 to 366 days."""


class Precedence(Vocabulary):
    """How soon people must look at it, most urgent first."""

    FLASH = "flash"
    IMMEDIATE = "immediate"
    PRIORITY = "priority"
    ROUTINE = "routine"


class Discipline(Vocabulary):
    """A kind of service, by what it is called for."""

    POLICE = "police"
    FIRE = "fire"
    MEDICAL = "medical"
    TRAFFIC = "traffic"
    MUNICIPAL = "municipal"
    UTILITIES = "utilities"
    TRANSPORT = "transport"
    ENVIRONMENT = "environment"
    METEOROLOGY = "meteorology"
    WATER = "water"  # flood control and hydrology
    MARITIME = "maritime"
    MINING = "mining"
    CIVIL_DEFENCE = "civil_defence"
    EMERGENCY_MANAGEMENT = "emergency_management"


class IncidentCategory(Vocabulary):
    """The four top classes of emergency (GB/T 35561-2017)."""

    NATURAL_DISASTER = "natural_disaster"  # 自然灾害
    ACCIDENT = "accident"  # 事故灾难
    PUBLIC_HEALTH = "public_health"  # 公共卫生事件
    SOCIAL_SECURITY = "social_security"  # 社会安全事件


class ResponseGrade(Vocabulary):
    """The grade of an emergency, or the level of the response to it: I is gravest, or highest.

    The two are decided apart and may differ.
    """

    I = "I"  # noqa: E741  特别重大: the grade's own name
    II = "II"  # 重大
    III = "III"  # 较大
    IV = "IV"  # 一般


class TriageCounts(Value):
    """People, counted by triage colour and never named (HAVE 1.0 ``TriageCount``, EMSI casualties).

    A count that nobody has made is None, which is not 0.
    """

    red_count: Count | None = None
    """In need of care at once."""
    yellow_count: Count | None = None
    """In need of care that can wait a little."""
    green_count: Count | None = None
    """Hurt lightly."""
    black_count: Count | None = None
    """Dead, or beyond help."""
    missing_count: Count | None = None
    """Not accounted for."""
