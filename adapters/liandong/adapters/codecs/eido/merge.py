"""An EIDO and what has changed since -> the EIDO as it is now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from liandong.adapters.codecs.eido.codec import document
from liandong.adapters.codecs.eido.document import Eido
from liandong.adapters.codecs.eido.schema import Field, Form, Kind, fields_of


def merge(original: Eido, update: Mapping[str, Any]) -> Eido:
    """Return a document with what an update says written into it, and nothing of it lost.

    A component of the update is written into the one of its kind and ``$id``, field by field, or
    put behind the others where there is none. Arrays of references keep what they have and get
    what is new; any other field is replaced. The incident is the one that is there.

    Args:
        original: The document; it stays as it is.
        update: An EIDO's JSON, as much of it as has changed.
    """
    tree = _merged(original.root.fields, update, Kind.DOCUMENT)
    return replace(document(tree, zone=original.root.zone), defects=original.defects)


def _merged(fields: Mapping[str, Any], update: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Return new fields; what does not change is shared with the old ones."""
    known = fields_of(kind)
    merged = dict(fields)
    for name, value in update.items():
        field = known.get(name, _FREE)
        if field.form is Form.PART:
            merged[name] = _parts(merged.get(name), value, field)
        elif field.form is Form.LINK and field.many:
            there = _list(merged.get(name))
            merged[name] = there + [link for link in value if link not in there]
        else:
            merged[name] = value
    return merged


def _parts(old: Any, new: Any, field: Field) -> Any:
    parts, kind = _list(old), field.kind or Kind.UNKNOWN
    for part in _list(new):
        place, before = _standing(parts, part["$id"], field)
        identity = before.get("$id", part["$id"])
        parts[place : place + 1] = [_merged(before, part | {"$id": identity}, kind)]
    return parts if field.many or isinstance(old, list) else parts[-1]


def _standing(parts: list[Any], identity: str, field: Field) -> tuple[int, dict[str, Any]]:
    """Return where the component of that ``$id`` stands; where only one may, the one that does.

    Where none does: behind the last, and nothing.
    """
    for place, part in enumerate(parts):
        fields = cast("dict[str, Any]", part) if isinstance(part, dict) else None
        if fields is not None and (not field.many or fields.get("$id") == identity):
            return place, fields
    return len(parts), {}


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return list(cast("list[Any]", value))
    return [] if value is None else [value]


_FREE = Field(Form.OBJECT)
