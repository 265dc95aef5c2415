"""Whether a message is what its contract says, as a publisher must write it.

Stricter than a reader (`Envelope.decode`): unknown fields and codes, a number in quotes and null in
place of absence are faults here, as they are to the exported schemas. Rules across fields, which no
schema can say, are checked too.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from pydantic import BaseModel, ValidationError

from liandong.contracts import wire
from liandong.contracts.base import Event, contract
from liandong.contracts.envelope import MAX_FAULTS, MEDIA_TYPE, SPECVERSION, Envelope
from liandong.contracts.errors import ContractError, Fault, Reason, UnknownContract
from liandong.contracts.subjects import Agency

Language = Literal["en", "zh"]

_NEEDED = ("specversion", "id", "source", "type", "time", "mode", "area", "data")
_READ = tuple(name for name in Envelope.model_fields if name not in {"source", "data"})
_CONSTANTS = {"specversion": SPECVERSION, "datacontenttype": MEDIA_TYPE}
_SCALARS = {"string_type", "int_type", "float_type", "bool_type"}
_MANY_CODES = 50
_CODE = re.compile(r"[!-~]{1,60}")  # no blanks: a code, a token, a time
_QUOTED = re.compile(r"'([^']*)'")
_Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a message.

    Attributes:
        path: Where, as keys and indexes from the document's root.
        kind: The kind of fault: a name in ``faults.toml``.
        reason: The numbered reason under which a reader would refuse the message.
        context: What the kind's words are filled in with.
        found: What stood there: a kind of value, or a rule's own words; empty for nothing.
    """

    path: _Path
    kind: str
    reason: Reason
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    found: str = "nothing"

    def fault(self, language: Language) -> Fault:
        """Return it in words, with the path as people write it."""
        column = ("en", "zh").index(language)
        template = _words()["expected"].get(self.kind, [self.kind, self.kind])[column]
        found = _words()["found"].get(self.found, [self.found, self.found])[column]
        return Fault(_written(self.path), template.format_map(self._listed(language)), found)

    def line(self, language: Language) -> str:
        """Return it as one line, with the number of its reason."""
        words, column = _words()["line"], ("en", "zh").index(language)
        fault = self.fault(language)
        path = fault.path or words["document"][column]
        said = {"path": path, "expected": fault.expected, "found": fault.found}
        number = words["reason"][column].format(number=int(self.reason))
        return f"{words['fault'][column].format_map(said)} [{number}]"

    def _listed(self, language: Language) -> dict[str, Any]:
        """Return the context with lists of codes in the language's own punctuation."""
        comma = {"en": ", ", "zh": "、"}[language]
        codes = {
            name: comma.join(_QUOTED.findall(str(self.context[name])))
            for name in ("expected", "expected_tags")
            if _QUOTED.search(str(self.context.get(name, "")))
        }
        return {**self.context, **codes}


def validate(body: bytes) -> tuple[Finding, ...]:
    """Return everything wrong with a message, at most 50 findings; nothing where it is right."""
    try:
        document = wire.loads(body)
    except ContractError as error:
        return (Finding((), error.reason.name, error.reason, found=error.faults[0].found),)
    return tuple(_findings(document))[:MAX_FAULTS] or tuple(_as_read(document))


def _findings(document: dict[str, Any]) -> Iterator[Finding]:
    yield from _attributes(document)
    if isinstance(name := document.get("type"), str):
        try:
            event = contract(name)
        except UnknownContract:
            yield Finding(("type",), "unknown_contract", Reason.UNKNOWN_CONTRACT, found=name)
        else:
            yield from _data(document, event)


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
            yield Finding((name,), "constant", bad, {"expected": value}, str(document[name])[:80])
    if "source" in document and not _is_agency(source := document["source"]):
        yield Finding(("source",), "agency", bad, found=str(source)[:80])
    read = {name: document[name] for name in _READ if name in document}
    for finding in _misfits(Envelope, read, (), bad):
        if finding.kind != "missing":
            yield finding


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
            said = str(subject)[:80]
            reason = Reason.BAD_ENVELOPE
            yield Finding(("subject",), "subject_mismatch", reason, {"key": key}, said)


def _misfits(model: type[BaseModel], data: Any, root: _Path, reason: Reason) -> Iterator[Finding]:
    """Yield what does not fit a model. A number in quotes is none: only strictness says so."""
    strict = [one for one in _errors(model, data, strict=True) if one["type"] in _SCALARS]
    places = {one["loc"]: one for one in strict + _errors(model, data, strict=False)}
    for place, error in places.items():
        kind, context = _kind(error["type"], error.get("ctx", {}))
        yield Finding(root + place, kind, reason, context, _found(error))


def _kind(name: str, context: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return what an error is called here: nobody looks for one code among hundreds."""
    count = len(_QUOTED.findall(str(context.get("expected", ""))))
    return ("code_of_many", {"count": count}) if count > _MANY_CODES else (name, context)


def _errors(model: type[BaseModel], data: Any, *, strict: bool) -> list[Any]:
    text = json.dumps(data)
    try:
        model.model_validate_json(text, strict=strict, extra="forbid")
    except ValidationError as error:
        return cast("list[Any]", error.errors(include_url=False))
    return []


def _found(error: Mapping[str, Any]) -> str:
    """Return what stood there: a number or a code as it is, of all else its kind.

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
        case kind if kind != "extra_forbidden" and _is_code(value):
            return json.dumps(value)
        case _:
            return type(value).__name__


def _is_code(value: object) -> bool:
    return isinstance(value, (int, float)) or (
        isinstance(value, str) and _CODE.fullmatch(value) is not None
    )


def _nulls(value: Any, path: _Path) -> Iterator[Finding]:
    if value is None:
        yield Finding(path, "null", Reason.BAD_PAYLOAD, found="NoneType")
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _nulls(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[Any]", value)):
            yield from _nulls(inner, (*path, number))


def _written(path: _Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part[:64]}" if text else part[:64]
    return text


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((files(__package__ or "") / "faults.toml").read_text("utf-8"))
