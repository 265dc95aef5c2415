"""The EIDO as a document: its JSON as it stood, and an index of its components and references.

Nothing of the JSON is left out, renamed or converted: what is rendered again equals what was read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any, cast

from liandong.adapters.codecs.eido.schema import Field, Form, Kind, fields_of

_INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, eq=False)
class Component:
    """One component: something that has an ``$id``, or stands where one belongs.

    Attributes:
        kind: What it is.
        path: Where it stands: ``emergencyResourceComponent[0]``; empty for the EIDO itself.
        fields: Its JSON, not to be changed.
        zone: The zone of its times that have no offset.
    """

    kind: Kind
    path: str
    fields: Mapping[str, Any]
    zone: tzinfo = UTC

    @property
    def id(self) -> str:
        """Its ``$id`` as it stands; empty where it has none."""
        value = self.fields.get("$id")
        return value if isinstance(value, str) and value.strip() else ""

    @property
    def updated(self) -> datetime | None:
        """When it was last changed (``lastUpdateTimeStamp``)."""
        return self.time("lastUpdateTimeStamp")

    @property
    def updated_by(self) -> str | None:
        """The ``$id`` of the agency that changed it last."""
        return next(iter(self.links("updatedByAgencyReference")), None)

    def text(self, name: str) -> str | None:
        """Return a text; of several the first; None where there is none or it is blank."""
        return next(iter(self.texts(name)), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a field, be it an array or one, without blank ones."""
        found = (item.strip() for item in self._items(name) if isinstance(item, str))
        return tuple(filter(None, found))

    def time(self, name: str) -> datetime | None:
        """Return a time, aware; None where there is none that can be read."""
        return read_time(self.text(name), self.zone)

    def integer(self, name: str) -> int | None:
        """Return a whole number, which may stand in a text."""
        item = next(self._items(name), None)
        if isinstance(item, str) and _INTEGER.fullmatch(item.strip()):
            return int(item)
        return item if isinstance(item, int) and not isinstance(item, bool) else None

    def flag(self, name: str) -> bool:
        """Say whether a flag is set."""
        return next(self._items(name), None) is True

    def links(self, name: str) -> tuple[str, ...]:
        """Return the ``$id`` that each reference of a field names."""
        found = (target_of(item) for item in self._items(name))
        return tuple(target for target in found if target)

    def _items(self, name: str) -> Iterator[Any]:
        value = self.fields.get(name)
        yield from cast("list[Any]", value) if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Reference:
    """A link inside the document.

    Attributes:
        owner: The component it stands in.
        path: Where it stands: ``callComponent[0].agentReference[0]``.
        target: The ``$id`` that it names.
        expected: The kind that the standard wants there; None where it may be any.
    """

    owner: Component
    path: str
    target: str
    expected: Kind | None


@dataclass(frozen=True, eq=False)
class Eido:
    """One Emergency Incident Data Object.

    Attributes:
        root: The EIDO itself as a component: its ``$id`` is the incident's tracking identifier.
        components: All the others, in the document's order, those inside another after it.
        references: Every ``$ref`` of the document, in its order.
        defects: What was wrong when it was read, and was read leniently all the same, ``name:
            place: code that stood there``, the name one of `Defect`. A writer passes another's
            words on as they are, and answers for anything else.
    """

    root: Component
    components: tuple[Component, ...]
    references: tuple[Reference, ...]
    defects: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[Component, ...]:
        """Return the components of a kind."""
        return tuple(c for c in self.components if c.kind is kind)

    def find(self, target: str | None, kind: Kind) -> Component | None:
        """Return the component of that ``$id`` and kind; of several the first."""
        found = self._named.get(target or "", ())
        return next((c for c in found if c.kind is kind), None)

    def linked(self, component: Component, name: str, kind: Kind) -> tuple[Component, ...]:
        """Return the components that a field links to, without those that are not there."""
        found = (self.find(target, kind) for target in component.links(name))
        return tuple(c for c in found if c)

    def kinds(self, target: str) -> frozenset[Kind]:
        """Return the kinds of what has that ``$id``; nothing where it is dangling."""
        return frozenset(c.kind for c in self._named.get(target, ()))

    def linking(self, component: Component) -> tuple[Component, ...]:
        """Return the components that link to one, the EIDO itself among them."""
        return tuple(self._owners.get(component.id, ()))

    @cached_property
    def _owners(self) -> Mapping[str, list[Component]]:
        owners: dict[str, list[Component]] = {}
        for reference in self.references:
            owners.setdefault(reference.target, []).append(reference.owner)
        return owners

    @cached_property
    def _named(self) -> Mapping[str, list[Component]]:
        named: dict[str, list[Component]] = {}
        for component in (self.root, *self.components):
            if component.id:
                named.setdefault(component.id, []).append(component)
        return named


def index(tree: Mapping[str, Any], zone: tzinfo = UTC) -> Eido:
    """Return the document of a JSON tree, unchecked."""
    root = Component(Kind.DOCUMENT, "", tree, zone)
    components: list[Component] = []
    references: list[Reference] = []
    for found in _walk(tree, root, ""):
        if isinstance(found, Component):
            components.append(found)
        else:
            references.append(found)
    return Eido(root, tuple(components), tuple(references))


def target_of(value: Any) -> str | None:
    """Return the ``$id`` that a link names; None where the value is no link."""
    target = cast("dict[str, Any]", value).get("$ref") if isinstance(value, dict) else None
    return target if isinstance(target, str) and target else None


def read_time(text: str | None, zone: tzinfo) -> datetime | None:
    """Read a time of ISO 8601, aware; in a zone where it has no offset."""
    try:
        moment = datetime.fromisoformat((text or "").upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def _walk(
    fields: Mapping[str, Any], owner: Component, path: str, *, inside: bool = False
) -> Iterator[Component | Reference]:
    """Yield what stands in the fields of a component, or ``inside`` one of its fields."""
    for name, value in fields.items():
        place = f"{path}.{name}" if path else name
        known = None if inside else fields_of(owner.kind).get(name)
        items: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            where = f"{place}[{number}]" if isinstance(value, list) else place
            yield from _item(item, name, owner, where, known)


def _item(
    item: Any, name: str, owner: Component, path: str, known: Field | None
) -> Iterator[Component | Reference]:
    if isinstance(item, list):  # an array in an array is nothing of EIDO's own
        for number, inner in enumerate(cast("list[Any]", item)):
            yield from _item(inner, name, owner, f"{path}[{number}]", None)
    if not isinstance(item, dict):
        return
    fields = cast("dict[str, Any]", item)
    if (target := target_of(fields)) is not None:
        yield Reference(owner, path, target, known.kind if known else None)
    kind = _kind(fields, name, owner, known)
    if kind is None:
        yield from _walk(fields, owner, path, inside=True)
    else:
        component = Component(kind, path, fields, owner.zone)
        yield component
        yield from _walk(fields, component, path)


def _kind(
    fields: Mapping[str, Any], name: str, owner: Component, known: Field | None
) -> Kind | None:
    """Return what kind of component an object is; None where it is none."""
    if known and known.form is Form.PART:
        return known.kind
    if "$id" in fields and name in _NAMED:
        return Kind(name)
    on_top = owner.kind is Kind.DOCUMENT and name.endswith("Component")
    return Kind.UNKNOWN if "$id" in fields or on_top else None


_NAMED = frozenset(Kind) - {Kind.DOCUMENT, Kind.UNKNOWN}
