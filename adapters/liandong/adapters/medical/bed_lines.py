"""What counts by code say of beds, in the common terms of HAVE.

The codes are those of SANER's measures (CDC/NHSN 2020) and of SAFR's (LOINC). A code that is not
here is no bed, or says of it what HAVE has no field for: it stays among the measures.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from liandong.contracts import BedCapacity, BedType, Code, MeasureCount, MeasureGroup

_SANER, _LOINC = "saner", "loinc"
# FHIR measure-population: the group's code, not the count's own, says what it counts.
_BARE = {"initial-population"}


@dataclass(frozen=True)
class Line:
    """One kind of beds.

    Attributes:
        fields: By code system and code (lower case), the field of `BedCapacity` that it counts.
        bed_type: What HAVE calls the kind; None where it has no word for just these.
    """

    fields: Mapping[tuple[str, str], str]
    bed_type: BedType | None = None


LINES = (
    Line({(_SANER, "numtotbeds"): "baseline_count"}),
    Line({(_SANER, "numbeds"): "baseline_count", (_SANER, "numbedsocc"): "occupied_count"}),
    # Of adults, children and the newborn together, which HAVE keeps apart.
    Line({(_SANER, "numicubeds"): "baseline_count", (_SANER, "numicubedsocc"): "occupied_count"}),
    Line({(_LOINC, "112579-8"): "occupied_count", (_LOINC, "112578-0"): "available_count"}),
    Line({(_LOINC, "112577-2"): "occupied_count", (_LOINC, "112576-4"): "available_count"}),
    Line(
        {(_LOINC, "112575-6"): "occupied_count", (_LOINC, "112574-9"): "available_count"},
        BedType.ADULT_ICU,
    ),
)
"""LOINC: all beds, adults' beds, adults' intensive care (US SAFR)."""


@dataclass
class _Found:
    counts: dict[str, int] = field(default_factory=dict[str, int])
    codes: list[Code] = field(default_factory=list[Code])


def bed_lines(groups: Iterable[MeasureGroup]) -> tuple[BedCapacity, ...]:
    """Return a line for each kind of beds that was counted; of two counts of one, the first."""
    found = {number: _Found() for number in range(len(LINES))}
    for code, count in _counted(groups):
        for number, line in enumerate(LINES):
            name = line.fields.get((_system(code), code.local.lower()))
            if name and name not in found[number].counts:
                found[number].counts[name] = count
                found[number].codes.append(code)
    return tuple(
        BedCapacity(
            bed_type=LINES[number].bed_type,
            codes=tuple(one.codes),
            baseline_count=one.counts.get("baseline_count"),
            available_count=one.counts.get("available_count"),
            occupied_count=one.counts.get("occupied_count"),
        )
        for number, one in found.items()
        if one.counts
    )


def _counted(groups: Iterable[MeasureGroup]) -> Iterator[tuple[Code, int]]:
    """Yield each code with what was counted under it."""
    for group in groups:
        for counted in group.counts:
            if counted.count is not None:
                yield from ((code, counted.count) for code in _codes(group, counted))


def _codes(group: MeasureGroup, counted: MeasureCount) -> tuple[Code, ...]:
    own = counted.counted.codes if counted.counted else ()
    if group.topic and {code.local for code in own} <= _BARE:
        return group.topic.codes
    return own


def _system(code: Code) -> str:
    """Return whose code it is; SANER's drafts have given theirs several addresses."""
    return next((name for name in (_SANER, _LOINC) if name in code.system.lower()), "")
