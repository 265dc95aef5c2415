"""EIDOs for a neighbour: what it sent comes back with what we know, and nothing of it lost."""

import json
from pathlib import Path
from typing import Any

from liandong.adapters.codecs import eido
from liandong.adapters.region.eido import EidoFolder
from liandong.adapters.region.eido_out import EidoOut, EidoOutSettings
from liandong.adapters.sdk import Document, Journal
from liandong.adapters.sdk.conformance import conformance
from liandong.adapters.sdk.seal import seal
from liandong.contracts import Agency, Envelope, IncidentUpdated, Mode
from liandong.contracts.examples import example

FULL = (Path(__file__).parents[2] / "samples" / "eido" / "full.json").read_bytes()
GIVEN = {"domain": "bus.linzhou.example", "element": "idx.linzhou.example"}
SPEAKS = {"name": "eidos", "agency": "lz/region/neighbours", "area": "cn.99.01"}

TestEidoOut = conformance(
    EidoOut,
    lambda folder: GIVEN | {"folder": folder / "out"},
    events=[
        Envelope.from_document(example(name))
        for name in ("incident.reported.v1", "unit.status.v1", "incident.cleared.v1")
    ],
)


def came_in(journal: Path) -> list[Envelope]:
    """Take the made-up EIDO in, into a journal; return what is said of it."""
    document = Document(FULL, "full", "file:eido", eido.MEDIA_TYPE)
    settings = EidoFolder.settings_type.model_validate(SPEAKS | {"domain": GIVEN["domain"]})
    with Journal(journal) as memory:
        memory.keep([document])
        memory.commit()
        drafts = EidoFolder(settings, memory).translate(document)
        return [seal(draft, document, settings, b"made up") for draft in drafts]


async def sent(sink: EidoOut, said: list[Envelope]) -> list[Any]:
    """Deliver events; return the EIDOs that have appeared, in the order of their events."""
    for envelope in filter(sink.wants, said):
        await sink.deliver(envelope)
    named = (sink.settings.folder / f"{e.key}.{e.id}.json" for e in said)
    return [json.loads(path.read_bytes()) for path in named if path.exists()]


async def test_what_came_in_goes_back_whole_with_what_we_know(tmp_path: Path) -> None:
    """Nothing goes back by itself; our note does, in their EIDO, persons and all as it came."""
    theirs = came_in(tmp_path / "in.db")
    note = IncidentUpdated(incident_id=theirs[0].key, note="Foam is on its way.")
    ours = Envelope(source=Agency.parse("lz/fire/119-linzhou"), area="cn.99.01", data=note)
    told = SPEAKS | GIVEN | {"folder": tmp_path / "out", "originals": [tmp_path / "in.db"]}
    with Journal(tmp_path / "out.db") as memory:
        (tree,) = await sent(EidoOut(EidoOutSettings.model_validate(told), memory), [*theirs, ours])
    before = json.loads(FULL)
    assert tree["notesComponent"][:-1] == before["notesComponent"]
    assert tree["notesComponent"][-1]["notesActionComments"] == "Foam is on its way."
    untouched = set(before) - {
        "notesComponent",
        "incidentComponent",
        "agencyComponent",
        "lastUpdateTimeStamp",
        "issuingElementIdentification",
    }
    assert {name: tree[name] for name in untouched} == {name: before[name] for name in untouched}


async def test_each_eido_holds_all_that_was_said_before(tmp_path: Path) -> None:
    """An incident of ours, then its unit: the second file has both."""
    said = [Envelope.from_document(example(n)) for n in ("incident.reported.v1", "unit.status.v1")]
    told = SPEAKS | GIVEN | {"folder": tmp_path / "out"}
    with Journal(tmp_path / "out.db") as memory:
        first, second = await sent(EidoOut(EidoOutSettings.model_validate(told), memory), said)
    assert "emergencyResourceComponent" not in first
    assert second["incidentComponent"] == first["incidentComponent"]
    assert len(second["emergencyResourceComponent"]) == 1


def test_a_drill_stays_here(tmp_path: Path) -> None:
    """Nobody there could tell that it is one."""
    drill = Envelope.from_document(example("incident.reported.v1") | {"mode": Mode.EXERCISE})
    told = SPEAKS | GIVEN | {"folder": tmp_path / "out"}
    with Journal(tmp_path / "out.db") as memory:
        assert not EidoOut(EidoOutSettings.model_validate(told), memory).wants(drill)
