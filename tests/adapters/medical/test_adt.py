"""Hospitals to bed counts, end to end: foreign MLLP clients, a real bus, patients left behind.

All messages written out here are made up.
"""

import asyncio
import json
import shutil
import subprocess
import tomllib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
from hl7.client import MLLPClient
from hl7apy.parser import parse_message
from pydantic import ValidationError

from frozen import frozen
from liandong.adapters.medical.adt import BedBoards, HospitalBeds, HospitalSettings
from liandong.adapters.medical.beds import Hospital, Ward
from liandong.adapters.sdk import Document, Draft, Journal
from liandong.adapters.sdk.mllp import Message
from liandong.adapters.sdk.runner import run
from liandong.bus import Bus, connect
from liandong.bus.server import Server
from liandong.bus.testing import Recorder
from liandong.contracts import BedType, FacilityStatus, Mode
from needs import miss, need

PROGRAMS = Path(__file__).parents[2] / "node"
NODE = "https://nodejs.org, or apt-get install nodejs npm"
ICU = Ward(point_of_care="ICU", bed_type=BedType.ADULT_ICU, beds=2)
FIRST = Hospital(
    id="lz-first", name="泸州第一医院", facilities=("FIRST",), area="cn.99.01", wards=(ICU,)
)
TEMPLATE = (
    "MSH|^~\\&|HIS|FIRST|LD|CENTRE|20261121160000+0800||ADT^{trigger}^ADT_{trigger}|{number}"
    "|{processing}|2.5||||||UNICODE UTF-8\r"
    "EVN||{time}\rPID|1||P-77||虚构^某人\rPV1|1|I|ICU^2^{bed}||||||||||||||||V-{number}\r"
)


def adt(
    trigger: str = "A01",
    number: int = 1,
    bed: str = "07",
    processing: str = "P",
    time: str = "20261121155500+0800",
) -> bytes:
    """Return a message about a patient who does not exist."""
    text = TEMPLATE.format(
        trigger=trigger, number=number, bed=bed, processing=processing, time=time
    )
    return text.encode()


@pytest.fixture
def adapter(tmp_path: Path) -> Iterator[HospitalBeds]:
    """Return an adapter that nothing runs."""
    settings = HospitalSettings(
        name="hospitals", agency="lz/medical/120", area="cn.99", port=0, hospitals=(FIRST,)
    )
    with Journal(tmp_path / "hospitals.db") as journal:
        yield HospitalBeds(settings, journal)


@pytest_asyncio.fixture
async def running(
    adapter: HospitalBeds,
    recorder: Recorder,
    nats_server: Server,
) -> AsyncIterator[HospitalBeds]:
    """Run the adapter on a real bus that is recorded."""
    del recorder
    async with await connect(servers=(nats_server.url,), agency="lz/medical/120") as bus:
        task = asyncio.create_task(run(adapter, bus))
        async with asyncio.timeout(10):
            await adapter.ready.wait()
        yield adapter
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def port(adapter: HospitalBeds) -> int:
    """Return where the adapter listens."""
    return int((adapter.address or "").split(":")[1])


async def send(adapter: HospitalBeds, *messages: bytes) -> list[tuple[str, str, str]]:
    """Send messages with python-hl7's client; return MSA-1, MSA-2, ERR-3.1 as hl7apy reads them."""

    def converse() -> list[bytes]:
        with MLLPClient("127.0.0.1", port(adapter)) as client:
            return [client.send_message(message) for message in messages]

    return [answer(raw) for raw in await asyncio.to_thread(converse)]


def answer(raw: bytes) -> tuple[str, str, str]:
    """Return MSA-1, MSA-2 and ERR-3.1 of an acknowledgement."""
    ack = parse_message(raw.strip(b"\x0b\x1c\r").decode())
    return ack.msa.msa_1.value, ack.msa.msa_2.value, ack.err.err_3.err_3_1.value if ack.err else ""


def fold(adapter: HospitalBeds, *bodies: bytes) -> list[Draft]:
    """Fold messages one after the other; return everything that is said."""
    state, said = BedBoards(), list[Draft]()
    for body in bodies:
        state, drafts = adapter.fold(state, Document(body, "made up", "test"))
        said.extend(drafts)
    return said


def counts(status: FacilityStatus) -> tuple[int | None, int | None]:
    """Return how many beds of the first kind are taken and available."""
    return status.beds[0].occupied_count, status.beds[0].available_count


async def test_admissions_become_counts_on_the_bus(
    running: HospitalBeds, recorder: Recorder
) -> None:
    """Each change is said once, by the hospital's name, in its area, when it happened."""
    acks = await send(running, adt(), adt(number=2, bed="08"), adt("A03", number=1))
    assert acks == [("AA", "1", ""), ("AA", "2", ""), ("AA", "1", "")]
    said = await recorder.wait_for(3, FacilityStatus)
    assert [counts(envelope.data) for envelope in said] == [(1, 1), (2, 0), (1, 1)]
    first = said[0]
    assert (first.key, first.area, first.mode) == ("lz-first", "cn.99.01", Mode.LIVE)
    assert first.time.isoformat() == "2026-11-21T07:55:00+00:00"
    assert first.data.provenance is not None
    assert first.data.provenance.document == "HIS/FIRST/1"


async def test_a_frozen_bus_is_no_fault_of_the_message(
    running: HospitalBeds, recorder: Recorder, nats_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to send it again (AR) before patience ends; sent again, it is taken (AA) and counts."""
    monkeypatch.setattr(Message, "patience", timedelta(seconds=2))
    async with frozen(nats_server):
        assert [code for code, _, _ in await send(running, adt())] == ["AR"]
    assert [code for code, _, _ in await send(running, adt())] == ["AA"]
    (status,) = await recorder.wait_for(1, FacilityStatus)
    assert counts(status.data) == (1, 1)


async def test_no_patient_leaves_the_hospital(running: HospitalBeds, recorder: Recorder) -> None:
    """Neither name nor any number of a patient is on the bus or in the board."""
    await send(running, adt())
    (said,) = await recorder.wait_for(1, FacilityStatus)
    board = running.journal.read("state") or ""
    for secret in ("虚构", "某人", "P-77", "V-1"):
        assert secret not in said.encode().decode() + board


async def test_a_repeated_message_is_taken_and_says_nothing_new(
    running: HospitalBeds, recorder: Recorder
) -> None:
    """A sender that missed our answer gets it again; nobody is admitted twice."""
    assert await send(running, adt(), adt("A03"), adt()) == [("AA", "1", "")] * 3
    await send(running, adt(number=2))
    said = await recorder.wait_for(3, FacilityStatus)
    assert [counts(envelope.data) for envelope in said] == [(1, 1), (0, 2), (1, 1)]


async def test_a_refused_message_becomes_a_dead_letter_without_its_words(
    running: HospitalBeds, bus: Bus
) -> None:
    """The letter says where and why; the message itself stays in the adapter's own journal."""
    broken = adt().replace(b"PV1", b"ZV1")
    assert await send(running, broken) == [("AE", "1", "100")]
    (found,) = await bus.dead_letters.list()
    assert found.letter.identity == "HIS/FIRST/1"
    assert "某人".encode() not in found.original + repr(found.letter).encode()
    kept = running.journal.original(found.letter.sha256)
    assert kept is not None
    assert kept.body == broken


@pytest.fixture
def real_messages(data_dir: Path) -> list[Path]:
    """Return the files of real messages."""
    return sorted((data_dir.absolute() / "hl7v2").glob("*.hl7"))


async def test_every_real_message_gets_the_right_answer(
    running: HospitalBeds, real_messages: list[Path]
) -> None:
    """From python-hl7's client: ADT is accepted, other types are rejected; bytes are kept."""
    bodies = [path.read_bytes() for path in real_messages]
    acks = await send(running, *bodies)
    expected = {"ADT": ("AA", ""), "MDM": ("AR", "200"), "SIU": ("AR", "200")}
    assert [(code, error) for code, _, error in acks] == [
        expected[p.name[:3]] for p in real_messages
    ]
    kept = {running.journal.original(Document(body, "", "").sha256) for body in bodies}
    assert {document.body for document in kept if document} == set(bodies)


@pytest.fixture(scope="module")
def node_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install node-hl7-client beside a copy of the program that uses it, or skip."""
    need("node", NODE)
    npm = need("npm", NODE)
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(PROGRAMS, folder, dirs_exist_ok=True)
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return folder if installed.returncode == 0 else miss(f"npm cannot install: {installed.stderr}")


async def test_a_client_in_node_gets_the_right_answers(
    running: HospitalBeds, real_messages: list[Path], node_client: Path
) -> None:
    """From node-hl7-client, which nobody here wrote: the same answers."""
    process = await asyncio.create_subprocess_exec(
        *("node", "send_hl7.mjs", str(port(running)), *real_messages),
        cwd=node_client,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    answers = [json.loads(line) for line in out.splitlines()]
    expected = {"ADT": ("AA", ""), "MDM": ("AR", "200"), "SIU": ("AR", "200")}
    assert [(code, error) for code, _, error in answers] == [
        expected[p.name[:3]] for p in real_messages
    ]


@pytest.mark.parametrize(
    ("processing", "mode"), [("P", Mode.LIVE), ("T", Mode.EXERCISE), ("D", Mode.TEST)]
)
def test_the_processing_id_says_which_mode(
    adapter: HospitalBeds, processing: str, mode: Mode
) -> None:
    """Training is an exercise and debugging a test (Table 0103)."""
    (draft,) = fold(adapter, adt(processing=processing))
    assert draft.mode is mode


def test_a_drill_moves_no_real_bed(adapter: HospitalBeds) -> None:
    """A training admission into the last bed leaves it free in live."""
    said = fold(adapter, adt(), adt(number=2, bed="08", processing="T"))
    assert [counts(draft.event) for draft in said if isinstance(draft.event, FacilityStatus)] == [
        (1, 1),
        (1, 1),
    ]
    assert [draft.mode for draft in said] == [Mode.LIVE, Mode.EXERCISE]


def test_an_event_to_come_is_dated_when_it_came(adapter: HospitalBeds) -> None:
    """A status from the future would hide every status until then."""
    (draft,) = fold(adapter, adt(time="20991121155500+0800"))
    assert draft.time.year < 2099
    assert "is to come" in draft.defects[-1]


def test_what_changes_no_count_says_nothing(adapter: HospitalBeds) -> None:
    """A patient moved between beds of one kind, a merge, a pre-admission: no news."""
    said = fold(adapter, adt(), adt("A02", bed="08"), adt("A05", number=9), adt("A40"))
    assert len(said) == 1


def test_the_example_settings_are_good() -> None:
    """What the README points at can be copied."""
    example = files("liandong.adapters.medical") / "hospitals.toml"
    settings = HospitalSettings.model_validate(tomllib.loads(example.read_text()))
    assert [ward.bed_type for ward in settings.hospitals[0].wards] == [
        BedType.ADULT_ICU,
        BedType.BURN,
    ]


PLAIN = {"name": "h", "agency": "lz/medical/120", "area": "cn.99"}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"host": "0.0.0.0"}, "set tls_certificate and tls_key off loopback"),  # noqa: S104
        ({"host": "hl7.example"}, "set tls_certificate and tls_key off loopback"),
        ({"tls_certificate": "made.pem"}, "set both or neither"),
    ],
)
def test_patients_never_travel_in_the_clear(settings: dict[str, str], problem: str) -> None:
    """Off loopback there is TLS or there is no adapter."""
    with pytest.raises(ValidationError, match=problem):
        HospitalSettings.model_validate(PLAIN | settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_needs_no_certificate(host: str) -> None:
    """A tunnel ends there."""
    assert HospitalSettings.model_validate(PLAIN | {"host": host}).tls_certificate is None


def test_handles_stay_the_same_over_a_restart(adapter: HospitalBeds) -> None:
    """The key is kept in the journal: a patient admitted before it can be discharged after it."""
    state, _ = adapter.fold(BedBoards(), Document(adt(), "made up", "test"))
    again = HospitalBeds(adapter.settings, adapter.journal)
    _, drafts = again.fold(state, Document(adt("A03", bed=""), "made up", "test"))
    assert [counts(d.event) for d in drafts if isinstance(d.event, FacilityStatus)] == [(0, 2)]
