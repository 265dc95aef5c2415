"""What an EIDO says on the bus, and what becomes of each of its components. Mostly made up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Kind
from liandong.adapters.region.eido_account import Fate, counts
from liandong.adapters.region.eido_names import Names
from liandong.adapters.region.eido_read import EMITS, Reading, read
from liandong.contracts import (
    AgencyRole,
    DocumentError,
    IncidentCleared,
    IncidentLinked,
    IncidentMerged,
    IncidentParticipantJoined,
    IncidentReopened,
    IncidentReported,
    IncidentSplit,
    IncidentStatus,
    IncidentType,
    IncidentUpdated,
    LinkDirection,
    MergeDirection,
    PrimaryUnitStatus,
    SecondaryUnitStatus,
    UnitStatus,
    to_token,
)

FULL = (Path(__file__).parents[2] / "samples" / "eido" / "full.json").read_bytes()
NAMES = Names(domain="bus.linzhou.example", region="neighbours")
INCIDENT = "urn:emergency:uid:incidentid:lz20261121417:psap.linzhou.example"
TOKEN = to_token(INCIDENT)
FIRE = f"neighbours/fire/{to_token('fire.linzhou.example')}"


def said(reading: Reading, contract: type) -> list[Any]:
    """Return the events of a contract."""
    return [draft.event for draft in reading.drafts if isinstance(draft.event, contract)]


def reading_of(change: Callable[[Any], object], before: Reading | None = None) -> Reading:
    """Return what the made-up EIDO says after a change, read after another."""
    tree = json.loads(FULL)
    change(tree)
    document = eido.parse(json.dumps(tree).encode())
    return read(document, NAMES, before.known if before else None)


@pytest.fixture(scope="module")
def first() -> Reading:
    """Return what the made-up EIDO says when it comes first."""
    return read(eido.parse(FULL), NAMES)


def test_an_incident_is_reported_with_everything_that_it_says(first: Reading) -> None:
    """Its type, priority, state, place and call; local codes beside the common ones."""
    (event,) = said(first, IncidentReported)
    assert event.incident_id == TOKEN
    assert event.incident_type is IncidentType.HAZARDOUS_MATERIALS
    assert (event.local_type.local, event.local_type.system) == ("B0304", "psap.linzhou.example")
    assert (event.priority, event.local_priority.local, event.district.local) == (1, "A", "HX")
    assert event.status is IncidentStatus.RESOURCES_ON_SCENE
    assert event.local_status.local == "working"
    assert event.call_id == "urn:emergency:uid:callid:lz20261121417c1:psap.linzhou.example"
    assert event.received == datetime(2026, 11, 21, 6, 0, 41, tzinfo=UTC)
    assert event.location.point.coordinates == (118.4126, 31.9872)
    assert event.location.uncertainty_m == 50
    assert event.location.place == "Hexing Chemical plant"


def test_an_address_names_nobody(first: Reading) -> None:
    """Neither who lives there nor in which room."""
    (event,) = said(first, IncidentReported)
    assert event.location.address == "8 Hexing Road, Hexing, Linzhou, CN"


def test_agencies_join_with_their_roles(first: Reading) -> None:
    """Who leads, who stands in for whom, and what each is called for."""
    psap, fire, ems = said(first, IncidentParticipantJoined)
    assert psap.lead
    assert psap.roles == (AgencyRole.CALL_RECEIVING, AgencyRole.DISPATCHING)
    assert (fire.agency, fire.roles) == (FIRE, (AgencyRole.DISPATCHED,))
    assert (ems.acting_for, ems.responder_types) == (FIRE, ("ems",))


def test_units_say_what_they_do_and_for_whom(first: Reading) -> None:
    """References survive: to the incident, to the agency, to where it is and is going."""
    engine, ambulance = said(first, UnitStatus)
    assert (engine.unit_id, engine.incident_id, engine.home_agency) == ("unit-e31", TOKEN, FIRE)
    assert engine.primary_status is PrimaryUnitStatus.NOT_AVAILABLE
    assert engine.secondary_status is SecondaryUnitStatus.ON_SCENE
    assert engine.qualified_by == (SecondaryUnitStatus.STAGING,)
    assert engine.location.point.coordinates == (118.4203, 31.9901)
    assert engine.destination.place == "Hexing Chemical plant"
    assert [code.local for code in engine.local_attributes] == ["foam 500"]
    assert len(engine.stacked_incident_ids) == 1
    assert ambulance.incident_id == TOKEN


def test_other_incidents_are_linked_merged_and_split(first: Reading) -> None:
    """Each to the other's tracking identifier."""
    (linked,), (merged,) = said(first, IncidentLinked), said(first, IncidentMerged)
    (split,) = said(first, IncidentSplit)
    assert linked.direction is LinkDirection.RELATED
    assert linked.reason == "The same smoke was seen from there."
    assert merged.direction is MergeDirection.REPLACING
    others = [linked.other_incident_id, merged.other_incident_id, split.other_incident_id]
    assert others == [
        to_token(f"urn:emergency:uid:incidentid:lz20261121{n}:psap.linzhou.example")
        for n in (420, 418, 421)
    ]


def test_notes_are_restricted_text_without_markup(first: Reading) -> None:
    """Cautions and units' emergencies too; what is said of persons and calls is not."""
    assert [event.note for event in said(first, IncidentUpdated)] == [
        "Tank 3 is burning;\nfoam & water asked for.",
        "Report 417 was taken.",
        "Caution (highest): HazardousMaterial, Solvent vapour downwind",
        "Unit emergency (highest): button, Radio 31",
    ]


def test_a_long_note_is_said_in_parts() -> None:
    """None of it is cut off."""
    text = "0123456789" * 900
    reading = reading_of(lambda tree: tree["notesComponent"][0].update(notesActionComments=text))
    notes = [event.note for event in said(reading, IncidentUpdated)][:3]
    assert "".join(notes) == text


def test_nothing_private_is_on_the_bus(first: Reading) -> None:
    """No name, number or address of a person in any event."""
    words = "".join(draft.event.model_dump_json() for draft in first.drafts)
    private = ("Zhang", "Willow", "860000000", "302", "suspect", "violent", "agent7", "crew31")
    assert [word for word in private if word in words] == []


@pytest.mark.parametrize("source", ["real", "made up"])
def test_every_component_is_accounted_for(source: str, request: pytest.FixtureRequest) -> None:
    """Each once, by its place: events carry it, or it says why none does."""
    body = FULL
    if source == "real":
        folder: Path = request.getfixturevalue("data_dir")
        body = (folder / "eido" / "call-transfer-EIDO.json").read_bytes()
    document = eido.parse(body)
    reading = read(document, NAMES)
    places = [one.path for one in reading.accounts]
    assert places == [component.path for component in (document.root, *document.components)]
    assert [one.id for one in reading.accounts] == [
        component.id for component in (document.root, *document.components)
    ]
    carried = {name for one in reading.accounts for name in one.contracts}
    assert carried == {draft.event.type_name() for draft in reading.drafts}
    silent = {one.fate for one in reading.accounts if not one.contracts}
    assert silent <= {Fate.WITHHELD, Fate.AT_HOME}


def test_what_is_withheld_is_counted_by_kind(first: Reading) -> None:
    """The made-up EIDO's persons, their things and their calls; and what no contract holds."""
    counted = counts(first.accounts)
    assert {k: n for (f, k), n in counted.items() if f is Fate.WITHHELD} == {
        Kind.CALLBACK: 1,
        Kind.UPDATED_CALLBACK: 1,
        Kind.CALL_LEG: 3,
        Kind.NOTES: 2,
        Kind.AGENT: 2,
        Kind.ADDITIONAL_DATA: 2,
        Kind.LOCATION: 2,
        Kind.PERSON: 2,
        Kind.ORGANIZATION: 1,
        Kind.VEHICLE: 2,
        Kind.ITEM: 1,
        Kind.CAUTION: 1,
    }
    assert {k: n for (f, k), n in counted.items() if f is Fate.AT_HOME} == {
        Kind.DISPOSITION: 1,
        Kind.ALARM: 1,
        Kind.ALTERNATE_VALUES: 1,
        Kind.LOCATION: 1,
        Kind.MEDIA: 1,
        Kind.SHARED_COMMUNICATION: 2,
        Kind.EXTERNAL_SOURCE: 1,
    }
    assert {k: n for (f, k), n in counted.items() if f is Fate.IN_PART} == {
        Kind.CALL: 1,
        Kind.DISPATCH: 1,
    }


def test_the_real_call_transfer_is_an_incident_and_an_agency(data_dir: Path) -> None:
    """It has no incident component: its identifier, its call and who took it are what is known."""
    body = (data_dir / "eido" / "call-transfer-EIDO.json").read_bytes()
    incident, agency = (draft.event for draft in read(eido.parse(body), NAMES).drafts)
    assert isinstance(incident, IncidentReported)
    assert incident.call_id == "urn:emergency:uid:callid:a56e556d871:bcf.state.pa.us"
    assert incident.location.point is incident.location.address is None
    assert isinstance(agency, IncidentParticipantJoined)
    assert agency.roles == (AgencyRole.CALL_RECEIVING,)


def later(tree: Any, *statuses: str) -> None:
    """Change an EIDO into one of two hours later."""
    tree["lastUpdateTimeStamp"] = "2026-11-21T16:59:00+08:00"
    tree["incidentComponent"].update(
        lastUpdateTimeStamp="2026-11-21T16:58:00+08:00",
        incidentStatusCommonRegistryText=list(statuses),
    )


def test_a_later_eido_updates_what_has_changed(first: Reading) -> None:
    """It is not reported again."""
    reading = reading_of(lambda tree: later(tree, "FireUnderControl"), first)
    assert said(reading, IncidentReported) == []
    assert said(reading, IncidentUpdated)[0].status is IncidentStatus.FIRE_UNDER_CONTROL


def test_the_same_eido_again_says_nothing_new_of_the_incident(first: Reading) -> None:
    """And an older one that comes late changes nothing back."""
    changed = reading_of(lambda tree: later(tree, "FireUnderControl"), first)
    for late in (read(eido.parse(FULL), NAMES, first.known), reading_of(lambda _: 0, changed)):
        assert all(event.note for event in said(late, IncidentUpdated))
    assert reading_of(lambda _: 0, changed).known == changed.known


def test_an_incident_is_cleared_with_how_it_ended_and_opened_again(first: Reading) -> None:
    """By its states Closed, then ReOpened."""
    closed = reading_of(lambda tree: later(tree, "Closed"), first)
    (cleared,) = said(closed, IncidentCleared)
    assert (cleared.status, cleared.disposition) == (IncidentStatus.CLOSED, "01")
    assert cleared.local_disposition.text == "Report taken"
    again = reading_of(lambda tree: later(tree, "ReOpened"), closed)
    (reopened,) = said(again, IncidentReopened)
    assert (reopened.cleared, reopened.status) == (cleared.cleared, IncidentStatus.RE_OPENED)
    assert again.known.cleared is None


def test_codes_that_no_registry_has_are_kept_as_local_ones() -> None:
    """Nothing is guessed: the unit counts as not available."""

    def change(tree: Any) -> None:
        tree["emergencyResourceComponent"][1].update(
            primaryUnitStatusRegistryText="Napping", secondaryUnitStatusRegistryText=["Snoring"]
        )
        del tree["incidentComponent"]["incidentTypeInternalCode"]
        del tree["incidentComponent"]["incidentTypeInternalText"]
        tree["incidentComponent"]["incidentTypeCommonRegistryText"] = "VOLCANO"

    reading = reading_of(change)
    (incident,), (_, unit) = said(reading, IncidentReported), said(reading, UnitStatus)
    assert (incident.incident_type, incident.local_type.local) == (None, "VOLCANO")
    assert unit.primary_status is PrimaryUnitStatus.NOT_AVAILABLE
    assert unit.local_status.local == "Napping"


def test_names_of_ours_come_back_as_they_were() -> None:
    """What we wrote under our own domain is the same incident, unit and agency."""
    document = eido.parse(FULL)
    assert NAMES.incident(NAMES.incident_id("lz-2026-000417")) == "lz-2026-000417"
    agency = NAMES.agency_id("lz/fire/119-linzhou")
    assert agency == "119-linzhou.fire.lz.bus.linzhou.example"
    assert NAMES.agency(agency, document) == "lz/fire/119-linzhou"
    assert NAMES.unit(NAMES.unit_id("E31", "lz/fire/119-linzhou")) == "E31"


def test_a_document_that_does_not_say_when_it_was_written_is_refused() -> None:
    """Nobody could tell whether it is older than another."""
    with pytest.raises(DocumentError) as refused:
        read(eido.parse(b'{"$id": "a", "eidoVersion": "1.0"}'), NAMES)
    assert refused.value.where == "lastUpdateTimeStamp"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
    | st.sampled_from([INCIDENT, "note-1", "unit-e31", "Closed", "Active", "", "fire.x"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["$id", "$ref", "notesReference"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every container of a JSON tree with each of its keys."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [(tree, key) for key in keys] + [p for key in keys for p in places(tree[key])]


@given(st.data())
def test_a_changed_document_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands in its fields: every component is accounted for, or it says why not."""
    tree = json.loads(FULL)
    for _ in range(data.draw(st.integers(1, 5))):
        container, key = data.draw(st.sampled_from(places(tree)))
        container[key] = data.draw(values)
    try:
        document = eido.parse(json.dumps(tree).encode())
        reading = read(document, NAMES)
    except DocumentError:
        return
    assert len(reading.accounts) == 1 + len(document.components)
    assert all(isinstance(draft.event, EMITS) for draft in reading.drafts)


def test_what_is_left_out_is_said_with_the_first_event(first: Reading) -> None:
    """Kinds and counts, never what stood there: nobody is left to wonder."""
    withheld = counts(first.accounts)[Fate.WITHHELD, Kind.PERSON]
    assert f"withheld: {withheld} {Kind.PERSON}" in first.drafts[0].defects
    assert not any(draft.defects for draft in first.drafts[1:])
