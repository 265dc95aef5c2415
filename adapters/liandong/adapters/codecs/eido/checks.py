"""What is wrong with an EIDO, found without changing it."""

import re
from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum
from typing import Any, cast

from liandong.adapters.codecs.eido.document import Component, Eido, read_time, target_of
from liandong.adapters.codecs.eido.schema import Field, Form, Kind, fields_of


class Defect(StrEnum):
    """What a reader forgives, by the name it has in `Eido.defects`."""

    MISSING_FIELD = "missing-field"  # the standard asks for it
    WRONG_TYPE = "wrong-type"  # not as JSON should have it; of a wrong array the first counts
    TIME_FORM = "time-form"  # not RFC 3339 with an offset; taken in the reader's zone, or unread
    UNKNOWN_FIELD = "unknown-field"  # not of this edition
    UNKNOWN_COMPONENT = "unknown-component"  # nor this
    NOT_IN_REGISTRY = "not-in-registry"  # a code that this edition does not list
    NO_ID = "no-id"  # nothing can refer to it
    DUPLICATE_ID = "duplicate-id"  # two components of one kind; references mean the first
    DANGLING_REFERENCE = "dangling-reference"  # to an $id that is not there
    ILL_TYPED_REFERENCE = "ill-typed-reference"  # to a component of another kind


_EXPECTED = {
    Defect.MISSING_FIELD: "this field",
    Defect.WRONG_TYPE: "the JSON type of the standard",
    Defect.TIME_FORM: "a time such as 2026-11-21T08:00:00+08:00",
    Defect.UNKNOWN_FIELD: "a field of the standard",
    Defect.UNKNOWN_COMPONENT: "a component of the standard",
    Defect.NOT_IN_REGISTRY: "a value of its registry",
    Defect.NO_ID: "an $id",
    Defect.DUPLICATE_ID: "an $id of its own",
    Defect.DANGLING_REFERENCE: "the $id of a component in the document",
    Defect.ILL_TYPED_REFERENCE: "a component of another kind",
}

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_TYPES: dict[Form, type | tuple[type, ...]] = {
    Form.TEXT: str,
    Form.TIME: str,
    Form.FLAG: bool,
    Form.INTEGER: int,
    Form.OBJECT: dict,
    Form.PART: dict,
}
_SHOWN_KEY = 64  # characters


def defects_of(eido: Eido) -> tuple[str, ...]:
    """Return what is wrong, in the document's order: ``name: place: code that stood there``.

    Only codes are shown, never texts: those may be about people.
    """
    found = [
        *(d for component in (eido.root, *eido.components) for d in _component(component)),
        *_ids(eido),
        *_references(eido),
    ]
    return tuple(dict.fromkeys(found))


def expected(defect: str) -> str:
    """Return what the standard wants where a defect stands."""
    return _EXPECTED[Defect(defect.partition(":")[0])]


def _component(component: Component) -> Iterator[str]:
    if component.kind is Kind.UNKNOWN:
        yield _defect(Defect.UNKNOWN_COMPONENT, component.path)
        return
    known = fields_of(component.kind)
    for name, field in known.items():
        if name in component.fields:
            yield from _field(component, name, field)
        elif field.required:
            yield _defect(Defect.NO_ID if name == "$id" else Defect.MISSING_FIELD, component, name)
    for name, value in component.fields.items():
        # A component that is not known stands there as one, and is named as one.
        if name not in known and not (component.kind is Kind.DOCUMENT and _holds(value)):
            yield _defect(Defect.UNKNOWN_FIELD, component, name)


def _holds(value: Any) -> bool:
    """Say whether objects stand here: on top those are components."""
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    return any(isinstance(item, dict) for item in items)


def _field(component: Component, name: str, field: Field) -> Iterator[str]:
    value = component.fields[name]
    if isinstance(value, list) is not field.many:
        yield _defect(Defect.WRONG_TYPE, component, name)
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    for item in items:
        yield from _item(component, name, field, item)
    if name == "$id" and not component.id:
        yield _defect(Defect.NO_ID, component, name)


def _item(component: Component, name: str, field: Field, item: Any) -> Iterator[str]:
    if not _is_of(item, field.form):
        yield _defect(Defect.WRONG_TYPE, component, name)
    elif field.form is Form.TIME and not _is_time(item):
        yield _defect(Defect.TIME_FORM, component, name)
    elif field.values is not None and item not in field.values:
        yield _defect(Defect.NOT_IN_REGISTRY, component, name, item)


def _is_of(item: Any, form: Form) -> bool:
    if form is Form.LINK:
        return target_of(item) is not None
    right = isinstance(item, _TYPES[form])
    return right and (form is Form.FLAG or not isinstance(item, bool))


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text)) and read_time(text, UTC) is not None


def _ids(eido: Eido) -> Iterator[str]:
    seen: set[tuple[Kind, str]] = set()
    for component in eido.components:
        name = (component.kind, component.id)
        if component.id and name in seen:
            yield _defect(Defect.DUPLICATE_ID, component, "$id")
        seen.add(name)


def _references(eido: Eido) -> Iterator[str]:
    for reference in eido.references:
        kinds = eido.kinds(reference.target)
        if not kinds:
            yield _defect(Defect.DANGLING_REFERENCE, reference.path)
        elif reference.expected and reference.expected not in kinds:
            yield _defect(Defect.ILL_TYPED_REFERENCE, reference.path)


def _defect(defect: Defect, place: Component | str, name: str = "", found: str = "") -> str:
    where = place if isinstance(place, str) else f"{place.path}.{name[:_SHOWN_KEY]}".lstrip(".")
    code = found if _CODE.fullmatch(found) else ""
    return ": ".join(filter(None, (defect, where, code)))
