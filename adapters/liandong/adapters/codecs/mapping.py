"""Mapping files: from an agency's own columns and codes to named values, as data (TOML).

A mapping names, for each value that a contract wants, the column it stands in and how it is
written. It serves table rows (a column is a header's name) and messages (a column is a JSON pointer
such as ``/gps/lat``, or ``{unit}`` for a part of the topic).

    name = "springfield-cad"
    version = "2026-01"                      # of the code tables
    event = "incident.reported"              # what a document says
    timezone = "America/Chicago"             # of times that carry no offset
    time_formats = ["%m/%d/%Y %H:%M:%S"]     # strptime, or iso, epoch, epoch_ms
    rough_time_formats = ["%m/%d/%Y"]        # read too, but a defect
    required = ["call", "kind", "received"]

    [texts]
    call = "Call No"
    key = ["Call No", "Unit"]                # those that are there, joined by a bar
    agency = { constant = "springfield" }

    [times]
    received = "Received"

    [numbers]
    speed_kmh = { column = "Speed (kn)", factor = 1.852 }

    [points]
    location = "Location"                    # "(lat, lng)", "lat lng" or "POINT (lng lat)"
    scene = ["Lat", "Lng"]                   # latitude first; or whole ones, of which one is there

    [codes.discipline]
    column = "Nature"
    before = ": "                            # "EMS: FALL" -> EMS; `after` takes FALL
    [codes.discipline.common]
    EMS = "medical"

    [orders]
    "times out of order" = ["received", "dispatched", "on_scene"]

What cannot be read is left out and named as a defect; a required value that is missing costs the
document. A code that the table does not know is kept as it stood, without a common one.
"""

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Fields
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from liandong.adapters.codecs.reading import Coded, Reading
from liandong.adapters.codecs.values import parse_moment, parse_number, parse_point
from liandong.contracts.errors import ConfigurationError, DocumentError, Reason


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Constant(_Part):
    """A value that stands in no column."""

    constant: str


class Number(_Part):
    """A number, and what to multiply it by to have the contract's unit."""

    column: str
    factor: float = 1.0


class Codes(_Part):
    """A code table: the column's local codes and the common ones."""

    column: str
    system: str = ""
    before: str = ""
    after: str = ""
    common: dict[str, str] = Field(default_factory=dict[str, str])

    def local(self, value: str) -> str:
        """Return the code's part of the column: before or after the first separator."""
        if self.after:
            return value.partition(self.after)[2].strip()
        return (value.partition(self.before)[0] if self.before else value).strip()


class Mapping(_Part):
    """How one kind of document is read. See the module's own text."""

    name: str
    version: str
    event: str
    timezone: str | None = None
    time_formats: tuple[str, ...] = ("iso",)
    rough_time_formats: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    texts: dict[str, str | tuple[str, ...] | Constant] = Field(default_factory=dict)
    times: dict[str, str] = Field(default_factory=dict[str, str])
    numbers: dict[str, Number] = Field(default_factory=dict[str, Number])
    points: dict[str, str | tuple[str, str]] = Field(default_factory=dict)
    codes: dict[str, Codes] = Field(default_factory=dict[str, Codes])
    orders: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])

    @field_validator("timezone")
    @classmethod
    def _known(cls, timezone: str | None) -> str | None:
        try:
            return timezone and ZoneInfo(timezone).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone {timezone!r}: {error}") from None

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column it reads."""
        return frozenset(column for name in self.names for column in self._columns(name))

    @cached_property
    def needed(self) -> frozenset[str]:
        """The columns of its required values: a table without one of them is another kind."""
        return frozenset(column for name in self.required for column in self._columns(name))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every value it can give."""
        return frozenset([*self.texts, *self.times, *self.numbers, *self.points, *self.codes])

    def read(self, fields: Fields[str, str], *, zone: ZoneInfo) -> Reading:
        """Read one document's fields; pure.

        Args:
            fields: Text by column; a column that is not there reads as empty.
            zone: The zone of times without offset, where the mapping names none: then a defect.

        Raises:
            DocumentError: A required value is missing or cannot be read.
        """
        reading = Reading()
        self._read_texts(fields, reading)
        self._read_times(fields, reading, zone)
        self._read_numbers(fields, reading)
        self._read_points(fields, reading)
        self._read_codes(fields, reading)
        self._check_orders(reading)
        for name in self.required:
            if name not in reading:
                raise self._missing(name, fields)
        return reading

    def _read_texts(self, fields: Fields[str, str], reading: Reading) -> None:
        for name, part in self.texts.items():
            if isinstance(part, Constant):
                reading.texts[name] = part.constant
            elif values := [text for column in _columns(part) if (text := fields.get(column))]:
                reading.texts[name] = "|".join(values)

    def _read_times(self, fields: Fields[str, str], reading: Reading, zone: ZoneInfo) -> None:
        for name, column in self.times.items():
            if not (text := fields.get(column)):
                continue
            moment, defects = parse_moment(
                text,
                self.time_formats,
                self.rough_time_formats,
                self._zone or zone,
                assumed=self._zone is None,
            )
            if moment:
                reading.times[name] = moment
            reading.defects += [f"{defect}: {column} {text[:40]!r}" for defect in defects]

    def _read_numbers(self, fields: Fields[str, str], reading: Reading) -> None:
        for name, part in self.numbers.items():
            if not (text := fields.get(part.column)):
                continue
            if (number := parse_number(text)) is None:
                reading.defects.append(f"number not readable: {part.column} {text[:40]!r}")
            else:
                reading.numbers[name] = number * part.factor

    def _read_points(self, fields: Fields[str, str], reading: Reading) -> None:
        for name, part in self.points.items():
            text = " ".join(fields.get(column, "") for column in _columns(part)).strip()
            if point := parse_point(text):
                reading.points[name] = point
            elif text:
                reading.defects.append(f"position not readable: {name} {text[:60]!r}")

    def _read_codes(self, fields: Fields[str, str], reading: Reading) -> None:
        for name, table in self.codes.items():
            if local := table.local(fields.get(table.column, "")):
                system = table.system or f"{self.name}:{table.column}"
                reading.codes[name] = Coded(local, system, table.common.get(local))

    def _check_orders(self, reading: Reading) -> None:
        for defect, names in self.orders.items():
            present = [(reading.times[name], name) for name in names if name in reading.times]
            reading.defects += [
                f"{defect}: {after} {later:%FT%TZ} is before {before} {earlier:%FT%TZ}"
                for (earlier, before), (later, after) in pairwise(present)
                if later < earlier
            ]

    def _missing(self, name: str, fields: Fields[str, str]) -> DocumentError:
        columns = self._columns(name)
        where = "column " + ", ".join(map(repr, columns))
        found = " ".join(repr(fields.get(column, "")) for column in columns)
        expected = f"a value for {name}"
        if name in self.times:
            formats = ", ".join((*self.time_formats, *self.rough_time_formats))
            expected = f"a time written as {formats}"
        standard = f"mapping {self.name} {self.version}"
        return DocumentError(standard, expected, where=where, found=found)

    def _columns(self, name: str) -> tuple[str, ...]:
        sections = (self.texts, self.times, self.numbers, self.points, self.codes)
        return _columns(next(section[name] for section in sections if name in section))


def load_mapping(toml: bytes, source: str) -> Mapping:
    """Read a mapping file.

    Args:
        toml: Its bytes.
        source: What to call it in errors.

    Raises:
        ConfigurationError: It is not TOML, or not a mapping; says where.
    """
    try:
        mapping = Mapping.model_validate(tomllib.loads(toml.decode()))
    except (ValidationError, ValueError) as error:
        raise ConfigurationError(f"mapping {source}: {error}") from None
    ordered = (name for names in mapping.orders.values() for name in names)
    for name in (*mapping.required, *ordered):
        if name not in mapping.names:
            mapped = ", ".join(sorted(mapping.names))
            raise ConfigurationError(
                f"mapping {source}: {name!r} is required but not mapped; mapped are {mapped}"
            )
    return mapping


def mapping_for(columns: Iterable[str], mappings: Iterable[Mapping]) -> Mapping:
    """Return the mapping that reads most of these columns, of those whose needed ones are there.

    Raises:
        DocumentError: None fits; says what the nearest one misses.
    """
    header = frozenset(columns)
    ranked = sorted(mappings, key=lambda m: (len(m.needed - header), -len(m.columns & header)))
    if ranked and ranked[0].needed <= header:
        return ranked[0]
    found = f"{ranked[0].name} misses {sorted(ranked[0].needed - header)}" if ranked else "none"
    raise DocumentError(
        "mapping file",
        "the columns that one of them needs",
        where="line 1",
        found=found,
        reason=Reason.UNMAPPED,
    )


def _columns(part: str | tuple[str, ...] | Constant | Number | Codes) -> tuple[str, ...]:
    match part:
        case Constant():
            return ()
        case Number() | Codes():
            return (part.column,)
        case str():
            return (part,)
        case _:
            return part


__all__ = [
    "Coded",
    "Codes",
    "Constant",
    "Mapping",
    "Number",
    "Reading",
    "load_mapping",
    "mapping_for",
]
