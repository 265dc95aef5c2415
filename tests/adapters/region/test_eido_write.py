"""What was said of an incident as an EIDO: valid, and nothing of the original lost. Made up."""

import json
from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from eido_schema import validator
from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Eido, Kind
from liandong.adapters.region.eido_names import Names
from liandong.adapters.region.eido_read import read
from liandong.adapters.region.eido_write import Issuer, write
from liandong.contracts import (
    Agency,
    Code,
    DocumentError,
    Envelope,
    Event,
    IncidentCleared,
    IncidentReported,
    IncidentStatus,
    IncidentUpdated,
    Location,
    Mode,
    Point,
    PrimaryUnitStatus,
    Reason,
    SecondaryUnitStatus,
    UnitStatus,
    to_token,
)
from liandong.contracts.examples import example

FULL = (Path(__file__).parents[2] / "samples" / "eido" / "full.json").read_bytes()
NAMES = Names(domain="bus.linzhou.example", region="neighbours")
ISSUER = Issuer(NAMES, "idx.linzhou.example")
INCIDENT = to_token("urn:emergency:uid:incidentid:lz20261121417:psap.linzhou.example")
LATER = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def schema(data_dir: Path) -> Draft4Validator:
    """Return the official schema of EIDO, or skip."""
    folder = data_dir.parent / "schemas" / "eido"
    if not folder.is_dir():
        pytest.skip(f"no schema of EIDO at {folder}")
    return validator(folder)


def envelopes(document: Eido) -> list[Envelope]:
    """Return the events that an EIDO is read as, as they come off the bus."""
    sender = Agency.parse("lz/region/neighbours")
    drafts = read(document, NAMES).drafts
    made = [Envelope(source=sender, time=d.time, area="cn.99.01", data=d.event) for d in drafts]
    return [Envelope.decode(envelope.encode()) for envelope in made]


def by_fire(*events: Event) -> list[Envelope]:
    """Return events that the made-up fire brigade says later."""
    sender = Agency.parse("lz/fire/119-linzhou")
    return [Envelope(source=sender, time=LATER, area="cn.99.01", data=e) for e in events]


def written(said: Iterable[Envelope], original: Eido | None = None) -> dict[str, Any]:
    """Return the JSON of the EIDO that is written."""
    return json.loads(eido.render(write(said, ISSUER, original)))


@pytest.fixture
def golden() -> list[Envelope]:
    """Return the contracts' own examples of one incident, its agencies and units."""
    names = (
        "incident.reported.v1",
        "incident.updated.v1",
        "incident.participant_joined.v1",
        "unit.status.v1",
        "incident.linked.v1",
        "incident.merged.v1",
        "incident.cleared.v1",
    )
    return [Envelope.from_document(example(name)) for name in names]


@pytest.mark.parametrize("source", ["real", "made up"])
def test_an_eido_that_nothing_new_is_said_of_stays_as_it_is(
    source: str, request: pytest.FixtureRequest
) -> None:
    """Read, said on the bus, written back: equal as JSON, private components too."""
    body = FULL
    if source == "real":
        folder: Path = request.getfixturevalue("data_dir")
        body = (folder / "eido" / "call-transfer-EIDO.json").read_bytes()
    document = eido.parse(body)
    assert written(envelopes(document), document) == json.loads(body)


changes = st.sampled_from(
    [None, "", "x", 7, True, [], ["x", "Closed"], {"$ref": "note-1"}, {"$id": "unit-a7"}, INCIDENT]
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every container of a JSON tree with each of its keys."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [(tree, key) for key in keys] + [p for key in keys for p in places(tree[key])]


@settings(max_examples=60)
@given(st.data())
def test_whatever_it_says_it_comes_back_as_it_was(data: st.DataObject) -> None:
    """With every defect that it had: nothing is mended in another's words."""
    tree = json.loads(FULL)
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = data.draw(st.sampled_from(places(tree)))
        container[key] = deepcopy(data.draw(changes))  # a later change may be inside it
    try:
        document = eido.parse(json.dumps(tree).encode())
        said = envelopes(document)
    except DocumentError:
        return
    assert written(said, document) == tree


def test_an_incident_of_ours_is_a_valid_eido(
    golden: list[Envelope], schema: Draft4Validator
) -> None:
    """With its units, agencies and the incidents that it has to do with."""
    tree = written(golden)
    assert list(schema.iter_errors(tree)) == []
    assert tree["$id"] == "urn:emergency:uid:incidentid:lz-2026-000417:bus.linzhou.example"
    assert tree["incidentComponent"]["incidentTypeCommonRegistryText"] == "HAZMAT"
    assert eido.parse(json.dumps(tree).encode()).defects == ()


def test_what_we_wrote_is_read_as_what_was_said(golden: list[Envelope]) -> None:
    """The same incident, units and agencies, by the same names, in the same states."""
    document = eido.parse(eido.render(write(golden, ISSUER)))
    drafts = read(document, NAMES).drafts
    said = {e.type: e.data for e in golden}
    (report,) = [d.event for d in drafts if isinstance(d.event, IncidentReported)]
    assert report.incident_id == said["incident.reported.v1"].incident_id
    assert report.status is IncidentStatus.CLOSED
    units = {d.event.unit_id: d.event for d in drafts if isinstance(d.event, UnitStatus)}
    unit = said["unit.status.v1"]
    assert units[unit.unit_id].primary_status is unit.primary_status
    assert units[unit.unit_id].secondary_status is unit.secondary_status
    assert units[unit.unit_id].incident_id == unit.incident_id
    agencies = {getattr(d.event, "agency", None) for d in drafts}
    assert said["incident.participant_joined.v1"].agency in agencies


@pytest.mark.parametrize("start", ["full", "golden"])
def test_read_write_read_keeps_every_component_and_reference(
    start: str, golden: list[Envelope], schema: Draft4Validator
) -> None:
    """With the same ``$id``s and the same links; and the bus is told the same."""
    first = eido.parse(FULL) if start == "full" else write(golden, ISSUER)
    body = eido.render(write(envelopes(first), ISSUER, first))
    second = eido.parse(body)
    assert [(c.kind, c.id) for c in second.components] == [(c.kind, c.id) for c in first.components]
    assert [(r.path, r.target) for r in second.references] == [
        (r.path, r.target) for r in first.references
    ]
    assert [e.data for e in envelopes(second)] == [e.data for e in envelopes(first)]
    assert list(schema.iter_errors(json.loads(body))) == []


def test_a_change_is_written_into_the_original_and_nowhere_else(schema: Draft4Validator) -> None:
    """A unit's state, the incident's state and place, a note: all else stays, persons too."""
    unit = UnitStatus(
        unit_id="unit-e31",
        incident_id=INCIDENT,
        primary_status=PrimaryUnitStatus.AVAILABLE,
        secondary_status=SecondaryUnitStatus.CLEARED,
    )
    update = IncidentUpdated(
        incident_id=INCIDENT,
        status=IncidentStatus.FIRE_UNDER_CONTROL,
        location=Location(point=Point.at(118.5, 31.5), place="Gate 2"),
        note="Foam <enough>\nfor an hour.",
    )
    before, after = json.loads(FULL), written(by_fire(unit, update), eido.parse(FULL))
    assert list(schema.iter_errors(after)) == []
    incident, engine = after["incidentComponent"], after["emergencyResourceComponent"][0]
    assert incident["incidentStatusCommonRegistryText"] == ["FireUnderControl"]
    assert engine["primaryUnitStatusRegistryText"] == "Available"
    assert engine["secondaryUnitStatusRegistryText"] == ["Cleared"]
    assert engine["emergencyResourceName"] == "Engine 31"
    note, place = after["notesComponent"][-1], after["locationComponent"][-1]
    assert note["notesActionComments"] == "Foam &lt;enough&gt;<br>for an hour."
    assert [r["$ref"] for r in incident["locationReference"]][-1] == place["$id"]
    assert [r["$ref"] for r in incident["notesReference"]] == ["note-1", note["$id"]]
    changed = {"incidentComponent", "emergencyResourceComponent", "notesComponent"} | {
        "locationComponent",
        "agencyComponent",
        "lastUpdateTimeStamp",
        "issuingElementIdentification",
    }
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    for kind in ("notesComponent", "locationComponent", "agencyComponent"):
        assert after[kind][: len(before[kind])] == before[kind]


def test_a_changed_place_is_what_is_read_next() -> None:
    """The newest current place counts."""
    where = Location(point=Point.at(118.5, 31.5), place="Gate 2")
    update = IncidentUpdated(incident_id=INCIDENT, location=where)
    document = write(by_fire(update), ISSUER, eido.parse(FULL))
    (report,) = [e.data for e in envelopes(document) if isinstance(e.data, IncidentReported)]
    assert report.location == where


def test_the_same_said_twice_is_written_once() -> None:
    """A note, a place and a state."""
    update = IncidentUpdated(
        incident_id=INCIDENT,
        status=IncidentStatus.STRUCTURE_CLEARED,
        location=Location(address="1 Quay"),
        note="All out.",
    )
    once = written(by_fire(update), eido.parse(FULL))
    twice = written(by_fire(update, update), eido.parse(FULL))
    for kind in ("notesComponent", "locationComponent"):
        assert len(once[kind]) == len(twice[kind]) == len(json.loads(FULL)[kind]) + 1


def test_an_incident_is_closed_with_its_disposition() -> None:
    """In the disposition that is there, its other fields kept."""
    event = IncidentCleared(incident_id=INCIDENT, cleared=LATER, disposition="02")
    incident = written(by_fire(event), eido.parse(FULL))["incidentComponent"]
    (disposition,) = incident["dispositionComponent"]
    assert incident["incidentStatusCommonRegistryText"] == ["Closed"]
    assert disposition["dispositionCommonRegistryCode"] == "02"
    assert disposition["notesReference"] == [{"$ref": "note-2"}]


def test_how_it_ended_is_a_note_where_no_common_code_says_it() -> None:
    """EIDO has no disposition without one."""
    tree = json.loads(FULL)
    del tree["incidentComponent"]["dispositionComponent"]
    local = Code(local="D9", system="lz-119", text="Burnt down")
    event = IncidentCleared(incident_id=INCIDENT, cleared=LATER, local_disposition=local)
    after = written(by_fire(event), eido.parse(json.dumps(tree).encode()))
    assert "dispositionComponent" not in after["incidentComponent"]
    assert after["notesComponent"][-1]["notesActionComments"] == "Burnt down"


def test_a_drill_is_never_written_as_an_eido(golden: list[Envelope]) -> None:
    """EIDO cannot say that it is one."""
    drill = golden[0].model_copy(update={"mode": Mode.EXERCISE})
    with pytest.raises(DocumentError) as refused:
        write([drill], ISSUER)
    assert refused.value.reason is Reason.UNSUPPORTED


def test_what_eido_asks_for_is_not_made_up(golden: list[Envelope]) -> None:
    """An incident whose common type nobody said is refused, and the field named."""
    event = golden[0].data.model_copy(update={"incident_type": None})
    with pytest.raises(DocumentError) as refused:
        eido.render(write([golden[0].model_copy(update={"data": event})], ISSUER))
    assert refused.value.where == "incidentComponent.incidentTypeCommonRegistryText"


def test_components_are_found_by_what_the_bus_calls_them() -> None:
    """A unit that the original has not is added, under its agency's name."""
    unit = UnitStatus(
        unit_id="E32",
        incident_id=INCIDENT,
        resource_type="StructureFireEngineType1",
        primary_status=PrimaryUnitStatus.NOT_AVAILABLE,
    )
    document = write(by_fire(unit), ISSUER, eido.parse(FULL))
    added = document.of(Kind.UNIT)[-1]
    assert added.id == "E32@119-linzhou.fire.lz.bus.linzhou.example"
    assert added.text("activeOnIncidentId") == document.root.id
    assert document.find(added.updated_by, Kind.AGENCY)
