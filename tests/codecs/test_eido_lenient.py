"""What is wrong with an EIDO is named and kept; what no reader could trust is refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Kind
from liandong.contracts import DocumentError, Reason

FULL = (Path(__file__).parents[1] / "samples" / "eido" / "full.json").read_bytes()
Tree = dict[str, Any]


def incident(tree: Tree) -> Tree:
    """Return the incident of a document."""
    return tree["incidentComponent"]


WRONG: dict[str, Callable[[Tree], object]] = {
    "missing-field: agencyComponent[1].agencyType": (
        lambda tree: tree["agencyComponent"][1].pop("agencyType")
    ),
    "missing-field: notesComponent[0].lastUpdateTimeStamp": (
        lambda tree: tree["notesComponent"][0].pop("lastUpdateTimeStamp")
    ),
    "wrong-type: incidentComponent.incidentStatusCommonRegistryText": (
        lambda tree: incident(tree).update(incidentStatusCommonRegistryText="Active")
    ),
    "wrong-type: incidentComponent.incidentCommonPriorityNumber": (
        lambda tree: incident(tree).update(incidentCommonPriorityNumber="1")
    ),
    "wrong-type: notesComponent[0].agentReference": (
        lambda tree: tree["notesComponent"][0].update(agentReference="agent7@psap.linzhou.example")
    ),
    "time-form: incidentComponent.lastUpdateTimeStamp": (
        lambda tree: incident(tree).update(lastUpdateTimeStamp="2026-11-21 14:00:00")
    ),
    "unknown-field: incidentComponent.incidentColour": (
        lambda tree: incident(tree).update(incidentColour="red")
    ),
    "unknown-field: spare": lambda tree: tree.update(spare=1),
    "unknown-component: droneComponent[0]": (
        lambda tree: tree.update(droneComponent=[{"$id": "drone-1"}])
    ),
    "not-in-registry: incidentComponent.incidentTypeCommonRegistryText: VOLCANO": (
        lambda tree: incident(tree).update(incidentTypeCommonRegistryText="VOLCANO")
    ),
    "not-in-registry: eidoVersion: 2.0": lambda tree: tree.update(eidoVersion="2.0"),
    "no-id: notesComponent[4].$id": lambda tree: tree["notesComponent"].append(note(None)),
    "duplicate-id: notesComponent[4].$id": (
        lambda tree: tree["notesComponent"].append(note("note-1"))
    ),
    "dangling-reference: incidentComponent.notesReference[1]": (
        lambda tree: incident(tree)["notesReference"].append({"$ref": "note-99"})
    ),
    "ill-typed-reference: incidentComponent.notesReference[1]": (
        lambda tree: incident(tree)["notesReference"].append({"$ref": "loc-scene"})
    ),
}


def note(identity: str | None) -> Tree:
    """Return a made-up note."""
    named = {"$id": identity} if identity else {}
    return named | {
        "lastUpdateTimeStamp": "2026-11-21T14:00:00+08:00",
        "updatedByAgencyReference": {"$ref": "psap.linzhou.example"},
        "notesActionComments": "Foam is running out.",
    }


@pytest.mark.parametrize("defect", WRONG)
def test_a_defect_is_named_and_what_has_it_is_kept(defect: str) -> None:
    """Just this one is named; the document is written again as it was read."""
    tree = json.loads(FULL)
    WRONG[defect](tree)
    document = eido.parse(json.dumps(tree).encode())
    assert document.defects == (defect,)
    assert json.loads(eido.render(document)) == tree


def test_a_field_of_the_wrong_type_is_read_all_the_same() -> None:
    """One text where an array belongs is an array of one; of an array in its place the first."""
    tree = json.loads(FULL)
    incident(tree).update(
        incidentStatusCommonRegistryText="Active",
        incidentTypeCommonRegistryText=["HAZMAT", "FFUEL"],
        incidentCommonPriorityNumber="3",
        notesReference={"$ref": "note-1"},
    )
    (found,) = eido.parse(json.dumps(tree).encode()).of(Kind.INCIDENT)
    assert found.texts("incidentStatusCommonRegistryText") == ("Active",)
    assert found.text("incidentTypeCommonRegistryText") == "HAZMAT"
    assert found.integer("incidentCommonPriorityNumber") == 3
    assert found.links("notesReference") == ("note-1",)


def test_a_time_without_offset_is_of_the_readers_zone() -> None:
    """And named, because another reader may think otherwise."""
    tree = json.loads(FULL) | {"lastUpdateTimeStamp": "2026-11-21T14:00:00"}
    document = eido.parse(json.dumps(tree).encode(), zone=ZoneInfo("Asia/Shanghai"))
    assert document.root.updated == datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert document.defects == ("time-form: lastUpdateTimeStamp",)


def test_words_of_a_document_never_stand_in_its_defects() -> None:
    """They may be about people: only what looks like a code is shown."""
    tree = json.loads(FULL)
    tree["personComponent"][0]["personIncidentRoleRegistryText"] = ["Zhang San, the neighbour"]
    (defect,) = eido.parse(json.dumps(tree).encode()).defects
    assert defect == "not-in-registry: personComponent[0].personIncidentRoleRegistryText"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.NOT_JSON),
        (b"<alert/>", Reason.NOT_JSON),
        (b"[]", Reason.UNSUPPORTED),
        (b'{"type": "incident.reported.v1"}', Reason.UNSUPPORTED),
        (b'{"eidoVersion": "1.0"}', Reason.BREAKS_STANDARD),
        (b'{"$id": "a", "$id": "b", "eidoVersion": "1.0"}', Reason.DUPLICATE_KEY),
        (b'{"$id": "a", "eidoVersion": NaN}', Reason.NOT_FINITE),
        (b'{"$id": "a", "eidoVersion": ' + b"[" * 40 + b"]" * 40 + b"}", Reason.TOO_DEEP),
        (b'{"$id": "a", "eidoVersion": "' + b"x" * 1_000_000 + b'"}', Reason.TOO_LARGE),
        (b'{"$id": "\xff", "eidoVersion": "1.0"}', Reason.BAD_ENCODING),
        (b'{"$id": "\\ud800", "eidoVersion": "1.0"}', Reason.BAD_ENCODING),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(body: bytes, reason: Reason) -> None:
    """With its numbered reason; so is what is no EIDO, or says nothing of which incident."""
    with pytest.raises(DocumentError) as refused:
        eido.parse(body)
    assert refused.value.reason is reason
