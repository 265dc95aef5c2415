"""Every contract keeps every rule, and every rule catches who breaks it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, BaseModel, Field

from liandong.contracts import Event, Instant, Lane, Role, ShortText, Token, Value, contract
from liandong.contracts.examples import example, examples
from liandong.contracts.lint import RULES, lint

GOLDEN = example("incident.cleared.v1")


@pytest.mark.parametrize("name", sorted(examples()))
def test_every_contract_keeps_every_rule(name: str) -> None:
    """No finding at all."""
    assert [str(finding) for finding in lint(contract(name), example(name))] == []


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Take the bad contracts of a test out of the registry again."""
    before = dict(Event.known)
    yield
    Event.known.clear()
    Event.known.update(before)


def breaches(rule: str, kind: type[Event], golden: dict[str, Any] | None = None) -> list[str]:
    """Return what a rule says of a contract."""
    return list(RULES[rule](kind, golden or GOLDEN))


def made(event: str = "thing.broken", lane: Lane = Lane.EVENTS, **fields: Any) -> type[Event]:
    """Return a contract with a key and these fields: its annotation, or annotation and default."""
    body = {k: v if isinstance(v, tuple) else (v,) for k, v in fields.items()}
    members: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "Something is broken.",
        "__annotations__": {"thing_id": Token} | {k: v[0] for k, v in body.items()},
    }
    members |= {k: v[1] for k, v in body.items() if len(v) > 1}
    options: dict[str, Any] = {"lane": lane, "owner": Role.AGENCY, "key": ("thing_id",)}
    return type(Event)("ThingBroken", (Event,), members, event=event, version=1, **options)


class Loose(BaseModel):
    """A part that takes NaN."""

    depth_m: Annotated[float, Field(ge=0)]
    """Depth in metres."""


class Unsaid(Value):  # noqa: D101  that is what is wrong with it
    name: ShortText


@pytest.mark.parametrize(
    ("rule", "fields", "said"),
    [
        ("description", {"name": ShortText}, "ThingBroken.name has no docstring"),
        ("description", {"part": Unsaid}, "Unsaid has no docstring"),
        ("unit", {"depth": Annotated[float, Field(ge=0)]}, "ThingBroken.depth is a number without"),
        ("unit", {"depths": tuple[int, ...]}, "ThingBroken.depths is a number without"),
        ("aware_time", {"begin": "datetime"}, "ThingBroken.begin takes a time without an offset"),
        ("aware_time", {"begin": AwareDatetime}, "ThingBroken.begin takes a time without"),
        ("aware_time", {"day": "date"}, "ThingBroken.day is a bare date"),
        ("bounds", {"name": str}, "ThingBroken.name is a string without an upper bound"),
        ("bounds", {"names": tuple[ShortText, ...]}, "ThingBroken.names is a array without"),
        ("bounds", {"name": Annotated[str, Field(pattern="^[a-z]+$")]}, "string without an upper"),
        ("bounds", {"pump_count": int}, "ThingBroken.pump_count is a integer without"),
        ("finite", {"part": Loose}, "Loose takes NaN and infinity"),
        ("finite", {"note": Any}, "ThingBroken.note takes anything"),
        ("naming", {"pumpCount": ShortText}, "ThingBroken.pumpCount is not snake case"),
        ("lane", {"thing_id": (Token | None, None)}, "the last field of its key, thing_id, may be"),
    ],
)  # fmt: skip
def test_a_bad_field_is_found(rule: str, fields: dict[str, Any], said: str) -> None:
    """Each rule names the field and what is wrong with it."""
    from datetime import date, datetime  # noqa: PLC0415  only named here to be refused

    plain = {"datetime": datetime, "date": date}
    kinds = {n: plain.get(k, k) if isinstance(k, str) else k for n, k in fields.items()}
    found = breaches(rule, made(**kinds))
    assert any(one.startswith(said) or said in one for one in found), found


def test_a_label_is_asked_for_where_labels_can_be() -> None:
    """Ours are labelled; whoever keeps contracts in a package of his own has nowhere to."""
    kind = made(name=ShortText)
    assert breaches("label", kind) == []
    kind.__module__ = "liandong.contracts.things"
    assert "ThingBroken.name has no label" in breaches("label", kind)


@pytest.mark.parametrize(
    "name", ["pressure_kpa", "length_km", "tank_l", "latency_ms", "air_celsius"]
)
def test_units_of_the_trade_can_be_read_off(name: str) -> None:
    """Metric ones, beside those that our own contracts use."""
    kind = made(**{name: Annotated[float, Field(ge=0, le=9)]})
    assert breaches("unit", kind) == []


def test_a_good_field_is_passed() -> None:
    """What the rules want is possible."""
    kind = made(begin=Instant, depth_m=Annotated[float, Field(ge=0, le=9)])
    for rule in ("unit", "aware_time", "bounds", "finite", "naming", "lane", "owner", "version"):
        assert breaches(rule, kind) == []


@pytest.mark.parametrize(
    ("rule", "options", "said"),
    [
        ("naming", {"event": "ThingBroke"}, "ThingBroke is not thing.what_happened"),
        ("naming", {"event": "thing.mended"}, "its class is ThingBroken, not ThingMended"),
        ("lane", {"lane": Lane.ORDERS}, "thing travels in orders"),
        ("lane", {"event": "order.broken"}, "order travels in events"),
        ("lane", {"event": "thing.status"}, "a status names in state_of whose state it is"),
    ],
)
def test_a_bad_contract_is_found(rule: str, options: dict[str, Any], said: str) -> None:
    """The name and the lane are looked at as well."""
    assert any(one.startswith(said) for one in breaches(rule, made(**options)))


def test_an_owner_must_be_a_role() -> None:
    """Somebody must be asked before a contract changes."""
    kind = made()
    kind.owner = "somebody"  # type: ignore[assignment]
    assert breaches("owner", kind) == ["its owner 'somebody' is no Role"]


def test_telemetry_has_one_key() -> None:
    """Only the latest of a key is kept: it cannot be now the incident and now the unit."""
    kind = made(lane=Lane.TELEMETRY)
    kind.key_fields = ("incident_id", "thing_id")
    assert any("latest of one key field" in one for one in breaches("lane", kind))
    assert any("names incident_id, which it has not" in one for one in breaches("lane", kind))


def test_a_state_is_that_of_something() -> None:
    """What names the thing whose state it is must be there."""
    kind = made(event="thing.status")
    kind.state_of = ("hall_id",)
    assert breaches("lane", kind) == ["its state_of names hall_id, which it has not"]


def test_a_version_needs_its_neighbours() -> None:
    """A gap, and an old version without an upcast, are found."""
    first = made()
    third = type(Event)(
        "ThingBrokenV3", (first,), {"__module__": __name__}, event="thing.broken", version=3,
        lane=Lane.EVENTS, owner=Role.AGENCY, key=("thing_id",),
    )  # fmt: skip
    assert breaches("version", first) == [
        "its versions are [1, 3]",
        "version 1 of 3 lacks an upcast",
    ]
    assert breaches("version", third) == ["its versions are [1, 3]"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("type",), "incident.reported.v1", "the example is one of incident.reported.v1"),
        (("data", "status"), "Over", "the example is not valid"),
        (("data", "unknown"), 1, "the example is not valid"),
    ],
)
def test_a_bad_example_is_found(path: tuple[str, ...], value: object, said: str) -> None:
    """An example is held to what a publisher is held to."""
    golden = deepcopy(GOLDEN)
    inner = golden[path[0]] if len(path) > 1 else golden
    inner[path[-1]] = value
    (found,) = breaches("example", contract("incident.cleared.v1"), golden)
    assert found.startswith(said)


def test_an_example_shows_more_than_it_must() -> None:
    """A bare minimum teaches nobody what the contract can say."""
    golden = deepcopy(GOLDEN)
    golden["data"] = {name: golden["data"][name] for name in ("incident_id", "cleared")}
    (found,) = breaches("example", contract("incident.cleared.v1"), golden)
    assert "none of the optional fields" in found
