"""An EIDO and what has changed since -> the EIDO as it is now."""

from collections.abc import Mapping
from copy import deepcopy
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
    tree = deepcopy(dict(original.root.fields))
    _write_into(tree, update, Kind.DOCUMENT)
    return document(tree, zone=original.root.zone, inherited=original.inherited)


def _write_into(target: dict[str, Any], update: Mapping[str, Any], kind: Kind) -> None:
    known = fields_of(kind)
    for name, value in update.items():
        field = known.get(name, _FREE)
        if field.form is Form.PART:
            _write_parts(target, name, field, value)
        elif field.form is Form.LINK and field.many:
            there = _list(target.get(name))
            target[name] = there + [link for link in deepcopy(value) if link not in there]
        else:
            target[name] = deepcopy(value)


def _write_parts(target: dict[str, Any], name: str, field: Field, value: Any) -> None:
    there = _list(target.get(name))
    array = field.many or isinstance(target.get(name), list)
    for part in _list(value):
        same = _same(there, part["$id"], field)
        if same is None:
            there.append(same := {})
        identity = same.get("$id", part["$id"])
        _write_into(same, part | {"$id": identity}, field.kind or Kind.UNKNOWN)
        target[name] = there if array else same


def _same(there: list[Any], identity: str, field: Field) -> dict[str, Any] | None:
    """Return the component of that ``$id``; where only one may stand, the one that does."""
    parts = (cast("dict[str, Any]", part) for part in there if isinstance(part, dict))
    return next((p for p in parts if not field.many or p.get("$id") == identity), None)


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return list(cast("list[Any]", value))
    return [] if value is None else [value]


_FREE = Field(Form.OBJECT)
