"""EIDO documents pass through unchanged, whatever they hold; the full one is made up."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from eido_schema import load, validator
from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Kind
from liandong.adapters.codecs.eido.schema import Form, fields_of
from liandong.contracts import DocumentError

FULL = (Path(__file__).parents[1] / "samples" / "eido" / "full.json").read_bytes()
INCIDENT = "urn:emergency:uid:incidentid:lz20261121417:psap.linzhou.example"


@pytest.fixture(scope="module")
def schema_folder(data_dir: Path) -> Path:
    """Return the folder of EIDO's official schema, or skip."""
    folder = data_dir.parent / "schemas" / "eido"
    if not folder.is_dir():
        pytest.skip(f"no schema of EIDO at {folder}")
    return folder


@pytest.fixture(scope="module")
def schema(schema_folder: Path) -> Draft4Validator:
    """Return the official schema of EIDO, or skip."""
    return validator(schema_folder)


def refs(value: Any) -> list[str]:
    """Return every reference of a JSON tree, sorted: found without the codec."""
    if isinstance(value, list):
        return sorted(ref for item in value for ref in refs(item))
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return sorted(own + [ref for item in value.values() for ref in refs(item)])


def ids(value: Any) -> list[str]:
    """Return every ``$id`` of a JSON tree, sorted: found without the codec."""
    if isinstance(value, list):
        return sorted(i for item in value for i in ids(item))
    if not isinstance(value, dict):
        return []
    own = [value["$id"]] if "$id" in value else []
    return sorted(own + [i for item in value.values() for i in ids(item)])


@pytest.fixture(params=["real", "made up"])
def body(request: pytest.FixtureRequest) -> bytes:
    """Return the official sample, then the made-up document."""
    if request.param == "made up":
        return FULL
    folder: Path = request.getfixturevalue("data_dir")
    return (folder / "eido" / "call-transfer-EIDO.json").read_bytes()


def test_a_document_is_the_same_after_reading_and_writing(body: bytes) -> None:
    """Every component, field and reference, equal as JSON values; and nothing is wrong with it."""
    document = eido.parse(body)
    assert document.defects == ()
    assert json.loads(eido.render(document)) == json.loads(body)


def test_every_component_and_reference_is_found(body: bytes) -> None:
    """As many as the JSON has, each by its name."""
    document, tree = eido.parse(body), json.loads(body)
    assert sorted(c.id for c in (document.root, *document.components)) == ids(tree)
    assert sorted(r.target for r in document.references) == refs(tree)
    assert all(document.kinds(r.target) for r in document.references)


def test_what_is_written_is_valid(schema: Draft4Validator, body: bytes) -> None:
    """By the official schema, its misprints mended."""
    assert list(schema.iter_errors(json.loads(eido.render(eido.parse(body))))) == []


def test_the_made_up_document_has_every_kind_of_component() -> None:
    """So that the other tests mean all of them."""
    found = {component.kind for component in eido.parse(FULL).components}
    assert found == set(Kind) - {Kind.DOCUMENT, Kind.UNKNOWN}


def test_the_tables_agree_with_the_official_schema(schema_folder: Path) -> None:
    """Every field of every type, whether it is asked for, and whether it is an array."""
    types = load(schema_folder / "openapi.yaml")["components"]["schemas"]
    properties, asked = official(types, "EmergencyIncidentDataObjectType")
    parts = {
        name: part.get("items", part)["$ref"].rpartition("/")[2]
        for name, part in properties.items()
        if name.endswith("Component")
    }
    inner = {
        Kind.DOCUMENT: "EmergencyIncidentDataObjectType",
        Kind.DISPOSITION: "DispositionType",
        Kind.CALL_LEG: "CallLegStateType",
        Kind.UPDATED_CALLBACK: "UpdatedCBNType",
        Kind.UNIT_EMERGENCY: "UnitEmergencyStateType",
        Kind.ORGANIZATION: "OrganizationInformationType",
        Kind.ITEM: "ItemInformationType",
    }
    assert asked >= {"eidoVersion", "agencyComponent"}
    for kind, name in {**{Kind(part): name for part, name in parts.items()}, **inner}.items():
        properties, asked = official(types, name)
        fields = fields_of(kind)
        forgotten = {f for f in fields if fields[f].form is Form.PART} if name == ROOT else set()
        assert set(properties) == set(fields) - (forgotten - set(properties))
        assert asked == {f for f, field in fields.items() if field.required}
        arrays = {f for f, p in properties.items() if p.get("type") == "array"}
        assert arrays == {f for f in properties if fields[f].many}


ROOT = "EmergencyIncidentDataObjectType"


def official(types: dict[str, Any], name: str) -> tuple[dict[str, Any], set[str]]:
    """Return a type's properties and the names of those it asks for, with the prologue's."""
    both = (types["PrologueType"], types[name]["allOf"][1])
    properties = {p: v for part in both for p, v in part["properties"].items()}
    return properties, {r for part in both for r in part.get("required", ())}


def test_links_lead_to_components() -> None:
    """From the incident to its notes, from a unit through its agent to its agency."""
    document = eido.parse(FULL)
    (incident,) = document.of(Kind.INCIDENT)
    (note,) = document.linked(incident, "notesReference", Kind.NOTES)
    assert note.id == "note-1"
    unit = document.find("unit-e31", Kind.UNIT)
    assert unit
    (agent,) = document.linked(unit, "agentReference", Kind.AGENT)
    (agency,) = document.linked(agent, "agencyReference", Kind.AGENCY)
    assert agency.id == unit.updated_by == "fire.linzhou.example"


def test_nothing_is_lost_in_a_merge() -> None:
    """What an update says is written in; every other field, component and reference stays."""
    before = eido.parse(FULL)
    after = eido.merge(
        before,
        {
            "incidentComponent": {
                "$id": INCIDENT,
                "incidentStatusCommonRegistryText": ["Closed"],
                "notesReference": [{"$ref": "note-9"}],
            },
            "notesComponent": [
                {
                    "$id": "note-9",
                    "lastUpdateTimeStamp": "2026-11-21T16:00:00+08:00",
                    "updatedByAgencyReference": {"$ref": "fire.linzhou.example"},
                    "notesActionComments": "Out.",
                }
            ],
        },
    )
    expected = json.loads(FULL)
    expected["incidentComponent"]["incidentStatusCommonRegistryText"] = ["Closed"]
    expected["incidentComponent"]["notesReference"].append({"$ref": "note-9"})
    expected["notesComponent"].append(json.loads(eido.render(after))["notesComponent"][-1])
    assert json.loads(eido.render(after)) == expected
    assert json.loads(eido.render(before)) == json.loads(FULL)


def test_an_empty_update_changes_nothing(body: bytes) -> None:
    """The document is what it was."""
    assert json.loads(eido.render(eido.merge(eido.parse(body), {}))) == json.loads(body)


def test_what_we_make_is_written_strictly() -> None:
    """A reference of ours to what is not there is refused; one that was read is passed on."""
    document = eido.parse(FULL)
    wrong = {"incidentComponent": {"$id": INCIDENT, "notesReference": [{"$ref": "note-99"}]}}
    with pytest.raises(DocumentError) as refused:
        eido.render(eido.merge(document, wrong))
    assert refused.value.where == "incidentComponent.notesReference[1]"
    dangling = FULL.replace(b'"$ref": "note-4"', b'"$ref": "note-99"')
    assert json.loads(eido.render(eido.parse(dangling))) == json.loads(dangling)
