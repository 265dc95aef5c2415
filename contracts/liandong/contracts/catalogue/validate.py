"""Whether a message is what its contract says, as a publisher must write it.

Stricter than a reader (`Envelope.decode`): unknown fields and codes, a number in quotes and null in
place of absence are faults here, as they are to the exported schemas. Rules across fields, which no
schema can say, are checked too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from liandong.contracts import wire
from liandong.contracts.base import Event, Value, contract
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.finding import QUOTED, Finding, Path
from liandong.contracts.catalogue.parts import parts_of
from liandong.contracts.envelope import (
    MAX_FAULTS,
    MEDIA_TYPE,
    SCHEMA_ROOT,
    SPECVERSION,
    Envelope,
)
from liandong.contracts.errors import ContractError, Reason, UnknownContract
from liandong.contracts.restricted import restricted_fields
from liandong.contracts.subjects import Agency

_NEEDED = ("specversion", "id", "source", "type", "time", "mode", "area", "data")
_READ = tuple(name for name in Envelope.model_fields if name not in {"source", "data"})
_CONSTANTS = {"specversion": SPECVERSION, "datacontenttype": MEDIA_TYPE}
_ATTRIBUTES = {*Envelope.model_fields, *_CONSTANTS, "type", "subject", "dataschema"}
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")  # CloudEvents 1.0 §3.1
_ALIKE = 0.85  # "expire" is like "expires"; "sid" is an extension of somebody's, not "id"
_LIMITS = {"bytes": wire.MAX_BYTES, "levels": wire.MAX_DEPTH, "digits": wire.MAX_DIGITS}
_SCALARS = {"string_type", "int_type", "float_type", "bool_type"}
_MANY_CODES = 50
_CODE = re.compile(r"[!-~]{1,60}")  # no blanks: a code, a token, a time
_REPEATED = {
    "enum", "literal_error", "greater_than", "greater_than_equal", "less_than", "less_than_equal",
    "datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid",
    "timezone_aware",
}  # fmt: skip
"""The kinds that are mended by seeing what stood there, and where nobody writes about people."""


def validate(body: bytes) -> tuple[Finding, ...]:
    """Return everything wrong with a message, at most 50 findings; nothing where it is right."""
    try:
        document = wire.loads(body)
    except ContractError as error:
        found = error.faults[0].found
        return (Finding((), error.reason.name, error.reason, _LIMITS, found),)
    return tuple(_findings(document))[:MAX_FAULTS] or tuple(_as_read(document))


def _findings(document: dict[str, Any]) -> Iterator[Finding]:
    yield from _attributes(document)
    if isinstance(name := document.get("type"), str):
        try:
            event = contract(name)
        except UnknownContract:
            yield _unknown(name)
        else:
            yield from _schema(document, name)
            yield from _data(document, event)


def _unknown(name: str) -> Finding:
    near = ", ".join(get_close_matches(name, contracts(), n=3, cutoff=0.5))
    kind = "near_contract" if near else "unknown_contract"
    return Finding(("type",), kind, Reason.UNKNOWN_CONTRACT, {"near": near}, _shown(name))


def _schema(document: dict[str, Any], name: str) -> Iterator[Finding]:
    """Check that a schema of ours is the type's own; another's may be anything."""
    own, given = f"{SCHEMA_ROOT}{name}", document.get("dataschema", "")
    if not isinstance(given, str):
        yield Finding(
            ("dataschema",), "string_type", Reason.BAD_ENVELOPE, found=type(given).__name__
        )
    elif given.startswith(SCHEMA_ROOT) and given != own:
        yield _constant("dataschema", own, given)


def _constant(name: str, expected: str, value: Any) -> Finding:
    context = {"expected": expected}
    return Finding((name,), "constant", Reason.BAD_ENVELOPE, context, _shown(value))


def _as_read(document: dict[str, Any]) -> Iterator[Finding]:
    """Yield what a reader refuses for reasons that concern the message as a whole."""
    try:
        Envelope.from_document(document, strict=True)
    except ContractError as error:
        for fault in error.faults:
            path = (fault.path,) if fault.path else ()
            yield Finding(path, "value_error", error.reason, found=fault.found)


def _attributes(document: dict[str, Any]) -> Iterator[Finding]:
    """Check what stands around the data (CloudEvents 1.0 §3.1)."""
    bad = Reason.BAD_ENVELOPE
    for name in _NEEDED:
        if name not in document:
            yield Finding((name,), "missing", bad)
    for name, value in _CONSTANTS.items():
        if name in document and document[name] != value:
            yield _constant(name, value, document[name])
    if "source" in document and not _is_agency(source := document["source"]):
        yield Finding(("source",), "agency", bad, found=type(source).__name__)
    read = {name: document[name] for name in _READ if name in document}
    for finding in _misfits(Envelope, read, (), bad):
        if finding.kind != "missing":
            yield finding
    for name in (one for one in document if one not in _ATTRIBUTES):
        yield from _extension(name, document[name])


def _extension(name: str, value: Any) -> Iterator[Finding]:
    """Check an attribute that is none of ours: a misspelt one would be passed over in silence."""
    near = get_close_matches(name.lower(), _ATTRIBUTES, n=1, cutoff=_ALIKE)
    if near or not _ATTRIBUTE.fullmatch(name):
        kind, context = ("near_attribute", {"near": near[0]}) if near else ("attribute", {})
        yield Finding((name,), kind, Reason.BAD_ENVELOPE, context, type(value).__name__)


def _is_agency(source: Any) -> bool:
    try:
        return isinstance(source, str) and Agency.parse(source).uri == source
    except ContractError:
        return False


def _data(document: dict[str, Any], event: type[Event]) -> Iterator[Finding]:
    if "data" not in document:
        return
    data, root = document["data"], ("data",)
    found = {finding.path: finding for finding in _nulls(data, root)}
    found |= {one.path: one for one in _misfits(event, data, root, Reason.BAD_PAYLOAD)}
    yield from found.values()
    subject = document.get("subject")
    if not found and subject is not None:
        key = event.model_validate(data).key()
        if subject != key:
            context, reason = {"key": key}, Reason.BAD_ENVELOPE
            yield Finding(("subject",), "subject_mismatch", reason, context, _shown(subject))


def _misfits(model: type[BaseModel], data: Any, root: Path, reason: Reason) -> Iterator[Finding]:
    """Yield what does not fit a model. A number in quotes is none: only strictness says so."""
    strict = [one for one in _errors(model, data, strict=True) if one["type"] in _SCALARS]
    places = {one["loc"]: one for one in strict + _errors(model, data, strict=False)}
    private = _restricted(model)
    for place, error in places.items():
        kind, context = _kind(error["type"], error.get("ctx", {}))
        found = _found(error, private=not private.isdisjoint(place))
        yield Finding(root + place, kind, reason, context, found)


@cache
def _restricted(model: type[BaseModel]) -> frozenset[str]:
    """Return the name of every field, at any depth, that may name people."""
    parts = parts_of(model).values() if issubclass(model, Value) else ()
    models = [model, *(part for part in parts if issubclass(part, BaseModel))]
    return frozenset[str]().union(*map(restricted_fields, models))


def _kind(name: str, context: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return what an error is called here: nobody looks for one code among hundreds."""
    count = len(QUOTED.findall(str(context.get("expected", ""))))
    return ("code_of_many", {"count": count}) if count > _MANY_CODES else (name, context)


def _errors(model: type[BaseModel], data: Any, *, strict: bool) -> list[Any]:
    text = json.dumps(data)
    try:
        model.model_validate_json(text, strict=strict, extra="forbid")
    except ValidationError as error:
        return cast("list[Any]", error.errors(include_url=False))
    return []


def _found(error: Mapping[str, Any], *, private: bool) -> str:
    """Return what stood there: as it is for a wrong code, bound or time, of all else its kind.

    Words may be about people, and are not repeated.
    """
    value = error["input"]
    match error["type"]:
        case "missing":
            return "nothing"
        case "value_error" | "assertion_error":
            return str(error["ctx"]["error"])
        case "string_too_long" | "string_too_short":
            return str(len(value))
        case "too_long" | "too_short":
            return str(error["ctx"]["actual_length"])
        case kind if kind in _REPEATED and not private:
            return _shown(value)
        case _:
            return type(value).__name__


def _shown(value: object) -> str:
    """Return a number or what may be a code as it is, of all else its kind."""
    code = isinstance(value, str) and _CODE.fullmatch(value)
    return json.dumps(value) if code or isinstance(value, (int, float)) else type(value).__name__


def _nulls(value: Any, path: Path) -> Iterator[Finding]:
    if value is None:
        yield Finding(path, "null", Reason.BAD_PAYLOAD, found="NoneType")
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _nulls(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[Any]", value)):
            yield from _nulls(inner, (*path, number))
