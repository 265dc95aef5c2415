"""NATS subjects and areas: the only place that builds or parses one.

    ld.<mode>.<region>.<kind>.<agency>.<entity>.<event>.<version>.<key>.<area…>
    ld.live.js.fire.119-suzhou.incident.reported.v1.js-2026-000123.cn.32.05.06

So a wildcard says what people mean: all incidents of a city, everything about one incident from
anyone, what one agency may publish.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Annotated, Self

from pydantic import Field

from liandong.contracts.base import Event, Vocabulary
from liandong.contracts.errors import ContractError, Fault, Reason

ROOT = "ld"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_AREA_PATTERN = r"^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,9}$"
_IS_AREA = re.compile(_AREA_PATTERN.replace("$", r"\Z")).match
_LONGEST_AREA = 200
_FIXED_TOKENS = 9  # everything before the area
_DIGEST_DIGITS = 12

Area = Annotated[str, Field(pattern=_AREA_PATTERN, max_length=_LONGEST_AREA)]
"""A path of administrative codes, broad to narrow: ``cn.32.05.06`` is GB/T 2260 split by level,
``us.ca.075`` a county. At most ten levels."""

AgencyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){2}$")]
"""An agency as people write it: ``region/kind/name`` (`Agency`)."""


class Mode(Vocabulary):
    """What an event is for. No code path turns one into another."""

    LIVE = "live"
    EXERCISE = "exercise"
    TEST = "test"


def is_token(text: str) -> bool:
    """Say whether the text can stand as one subject token."""
    return _TOKEN.match(text) is not None


@lru_cache(maxsize=4_096)  # every message names one, and a region has few
def is_area(text: str) -> bool:
    """Say whether the text is an `Area`."""
    return len(text) <= _LONGEST_AREA and _IS_AREA(text) is not None


def to_token(text: str) -> str:
    """Return a token for a foreign identifier: itself where it fits.

    Otherwise what fits of it, and twelve digits of its SHA-256, so that two identifiers that
    differ only in what does not fit stay two.
    """
    if is_token(text):
        return text
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_DIGITS]
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[: 63 - _DIGEST_DIGITS]
    return f"{readable}-{digest}" if readable else digest


@dataclass(frozen=True, slots=True)
class Agency:
    """Who speaks: a region, the kind of service, and the agency's own name, each a token.

    Attributes:
        region: The region.
        kind: The kind of service: ``fire``, ``police``, ….
        name: The agency's own name.
        uri: The CloudEvents ``source``.
        tokens: The same three as they stand in a subject.
    """

    region: str
    kind: str
    name: str
    uri: str = field(init=False, repr=False, compare=False)
    tokens: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a part that could not stand in a subject; note what every message needs."""
        for part in (self.region, self.kind, self.name):
            if not is_token(part):
                raise _fault("agency", "region/kind/name, each of A-Z a-z 0-9 _ -", str(self))
        object.__setattr__(self, "uri", f"liandong://{self}")
        object.__setattr__(self, "tokens", f"{self.region}.{self.kind}.{self.name}")

    @classmethod
    @lru_cache(maxsize=4_096)  # every message names one, and a region has few
    def parse(cls, text: str) -> Self:
        """Read ``js/fire/119-suzhou`` or ``liandong://js/fire/119-suzhou``.

        Raises:
            ContractError: It has another shape.
        """
        parts = text.removeprefix("liandong://").split("/")
        if len(parts) != 3:  # noqa: PLR2004  region, kind, name
            raise _fault("agency", "region/kind/name", text)
        return cls(*parts)

    def __str__(self) -> str:
        """Render as people write it: ``js/fire/119-suzhou``."""
        return f"{self.region}/{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject taken apart."""

    mode: Mode
    agency: Agency
    type_name: str
    key: str
    area: str

    def __str__(self) -> str:
        """Render as NATS writes it."""
        a = self.agency
        sender = f"{a.region}.{a.kind}.{a.name}"
        return f"{ROOT}.{self.mode}.{sender}.{self.type_name}.{self.key}.{self.area}"

    @classmethod
    def parse(cls, subject: str) -> Self:
        """Take a subject apart.

        Raises:
            ContractError: It is not the subject of an event.
        """
        parts = subject.split(".")
        if len(parts) <= _FIXED_TOKENS or parts[0] != ROOT or not all(map(is_token, parts)):
            raise _fault("subject", "ld.<mode>.<region>.<kind>.<agency>.<event…>", subject)
        if parts[1] not in set(Mode):
            raise _fault("subject", f"a mode of {', '.join(Mode)}", parts[1])
        return cls(
            mode=Mode(parts[1]),
            agency=Agency(*parts[2:5]),
            type_name=".".join(parts[5:8]),
            key=parts[8],
            area=".".join(parts[9:]),
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events a reader wants. An empty part means any.

    Attributes:
        contracts: The contracts, each with its earlier versions, which are handed over upcast.
        areas: Areas, each with everything inside it.
        key: One incident (or unit, facility, datastream).
        agency: One publisher.
        region: Publishers of one region; ignored where ``agency`` is given.
    """

    contracts: tuple[type[Event], ...] = ()
    areas: tuple[str, ...] = ()
    key: str | None = None
    agency: Agency | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        """Refuse a part that would silently match nothing, or more than it says."""
        tokens = [part for part in (self.key, self.region) if part is not None]
        for part in tokens + [token for area in self.areas for token in area.split(".")]:
            if not is_token(part):
                raise _fault("filter", "tokens of A-Z a-z 0-9 _ -", part)

    @property
    def versions(self) -> tuple[type[Event], ...]:
        """The contracts and their earlier versions, each once: filters may not overlap."""
        return tuple(dict.fromkeys(v for c in self.contracts for v in c.versions()))

    def subjects(self, mode: Mode, types: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return the NATS wildcards, none overlapping another.

        Args:
            mode: The mode to read.
            types: Instead of the contracts' own names: ``("incident.reported.*",)``.

        An area needs two, because ``>`` asks for one token more: ``cn.32.05`` and ``cn.32.05.>``.
        """
        a = self.agency
        sender = f"{a.region}.{a.kind}.{a.name}" if a else f"{self.region or '*'}.*.*"
        types = types or tuple(c.type_name() for c in self.versions) or ("*.*.*",)
        tails = [tail for area in _outermost(self.areas) for tail in (area, f"{area}.>")] or [">"]
        return tuple(
            f"{ROOT}.{mode}.{sender}.{type_name}.{self.key or '*'}.{tail}"
            for type_name, tail in product(types, tails)
        )


def _outermost(areas: tuple[str, ...]) -> Iterator[str]:
    """Yield the areas that lie in no other of them: JetStream refuses overlapping filters."""
    for area in sorted(set(areas)):
        if not any(area.startswith(f"{other}.") for other in areas):
            yield area


def _fault(path: str, expected: str, found: str) -> ContractError:
    return ContractError("bad address", (Fault(path, expected, found),), reason=Reason.BAD_ENVELOPE)
