"""Names in two languages, for programs that show events to people."""

from dataclasses import asdict
from typing import Any

from liandong.contracts import labels
from liandong.contracts.base import Event, Lane, Role, Value, Vocabulary
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.parts import Part, parts_of
from liandong.contracts.envelope import Precedence
from liandong.contracts.labels import Label
from liandong.contracts.subjects import Mode

Words = dict[str, Any]

_AROUND = (Lane, Mode, Precedence, Role)  # code lists of the envelope and the catalogue


def words() -> Words:
    """Return what everything is called: contracts, parts, their fields, and codes by value.

    Each has a title of a few words in ``en`` and ``zh``, and what it means in Chinese; what it
    means in English is the schema's ``description``. An alarm has what to do about it, too.
    """
    known = contracts()
    parts: dict[str, Part] = {kind.__name__: kind for kind in _AROUND}
    for event in known.values():
        parts |= parts_of(event)
    models = {name: part for name, part in sorted(parts.items()) if issubclass(part, Value)}
    lists = {name: part for name, part in sorted(parts.items()) if issubclass(part, Vocabulary)}
    return {
        "contracts": {name: _of_model(event) for name, event in known.items()},
        "parts": {name: _of_model(part) for name, part in models.items()},
        "codes": {name: _of_codes(part) for name, part in lists.items()},
    }


def _of_model(model: type[Value]) -> Words:
    fields = {name: _told(labels.of_field(model, name)) for name in model.model_fields}
    return _told(labels.of_class(model)) | {"fields": fields}


def _of_codes(codes: type[Vocabulary]) -> Words:
    values = {member.value: _told(labels.of_code(member)) for member in codes}
    return _told(labels.of_class(codes)) | {"values": values}


def _told(label: Label) -> Words:
    return {name: text for name, text in asdict(label).items() if text}


def titles(event: type[Event]) -> dict[str, str]:
    """Return what a contract is called, by language."""
    label = labels.of_class(event)
    return {"en": label.en, "zh": label.zh}
