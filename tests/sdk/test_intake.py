"""From documents to confirmed events: acknowledged last, said once, never lost."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from given import Given, given, taking, waiting_letters
from hostile import LINES

from liandong.adapters.sdk import Document, Draft, Journal
from liandong.adapters.sdk.conformance.hardships import Crash, CrashingJournal, dying
from liandong.adapters.sdk.intake import Intake
from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import DocumentError, IncidentReported, Reason, Recovery


async def _stored(bus: Bus) -> list[str]:
    """Return the keys of the incidents in the log."""
    entries = [entry.envelope async for entry in bus.history()]
    return [e.key for e in entries if e and isinstance(e.data, IncidentReported)]


async def test_a_document_is_accepted_once_the_broker_has_its_event(
    bus: Bus, journal: Journal, nats_server: Server
) -> None:
    """While the broker is frozen nothing is accepted; when it goes on, event and answer follow."""
    async with taking(given(journal), bus) as source:
        assert nats_server.pid
        os.kill(nats_server.pid, signal.SIGSTOP)
        try:
            document = source.hand()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(document.answered.wait(), 1)
        finally:
            os.kill(nats_server.pid, signal.SIGCONT)
        assert await document.answer() == "accepted"
        assert await _stored(bus) == ["one"]


async def test_more_than_is_taken_at_once_is_stored_in_its_order(
    bus: Bus, journal: Journal
) -> None:
    """A batch is read while the one before is on its way, and never overtakes it."""
    names = [f"call-{n}" for n in range(700)]
    source = given(journal)
    handed = [
        source.hand(f"{name}|2026-01-02T08:00:00+08:00|Smoke\n".encode(), name) for name in names
    ]
    async with taking(source, bus):
        assert {await document.answer() for document in handed} == {"accepted"}
    assert await _stored(bus) == names
    assert journal.open_documents() == 0


async def test_a_batch_is_read_while_the_one_before_waits_for_the_broker(
    bus: Bus, journal: Journal, nats_server: Server
) -> None:
    """Neither is accepted before the broker has it, however long that takes."""
    source = given(journal)
    handed = [source.hand(LINES[0].body, f"copy-{n}") for n in range(512)]
    assert nats_server.pid
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        async with taking(source, bus):
            async with asyncio.timeout(20):
                while source.journal.open_documents() < len(handed):  # noqa: ASYNC110  a table tells nobody
                    await asyncio.sleep(0.02)
            assert [document.answers for document in handed] == [[]] * len(handed)
            os.kill(nats_server.pid, signal.SIGCONT)
            assert {await document.answer() for document in handed} == {"accepted"}
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    assert await _stored(bus) == ["one"]


async def test_its_bytes_are_kept_before_anything_else(bus: Bus, journal: Journal) -> None:
    """With peer, media type and the hour."""
    async with taking(given(journal), bus) as source:
        document = source.hand(media_type="text/plain")
        await document.answer()
    kept = journal.original(document.sha256)
    assert kept
    assert (kept.body, kept.identity, kept.peer) == (document.body, "one", "made-up")
    assert journal.outcome(document) == "stored"


async def test_the_same_document_again_is_accepted_and_says_nothing_new(
    bus: Bus, journal: Journal
) -> None:
    """The foreign system may not have heard the first answer."""
    async with taking(given(journal), bus) as source:
        await source.hand().answer()
        assert await source.hand().answer() == "accepted"
        assert await _stored(bus) == ["one"]
        counters = source.health.counters
    assert (counters.received, counters.published, counters.duplicates) == (2, 1, 1)


@pytest.mark.parametrize("dies", ["before publishing", "before it is noted"])
async def test_a_crash_leaves_one_event_and_one_answer(bus: Bus, tmp_path: Path, dies: str) -> None:
    """The document was not answered, so it comes again; whatever was published has the same id."""
    noted = dies == "before publishing"
    with (Journal if noted else CrashingJournal)(tmp_path / "j.db") as journal:
        source = given(journal)
        first = source.hand()
        with pytest.raises(BaseExceptionGroup) as caught:
            await _run_until_it_dies(source, bus, publishing=noted)
    assert caught.group_contains(Crash)
    assert first.answers == []
    with Journal(tmp_path / "j.db") as journal:
        async with taking(given(journal), bus) as source:
            assert await source.hand().answer() == "accepted"
    assert await _stored(bus) == ["one"]


async def _run_until_it_dies(source: Given, bus: Bus, *, publishing: bool) -> None:
    """Run the intake; it dies when it publishes, or when its journal does."""
    intake = Intake(source, bus, b"secret")
    if publishing:
        with dying(bus):
            await intake.run()
    await intake.run()


async def test_what_cannot_be_read_is_refused_once_its_letter_is_kept(
    bus: Bus, journal: Journal
) -> None:
    """For good: sending it again would not help. The letter has bytes, peer and reason."""
    async with taking(given(journal), bus) as source:
        document = source.hand(b"nonsense", "bad")
        error = await document.answer()
    (found,) = await bus.dead_letters.list()
    assert isinstance(error, DocumentError)
    assert error.recovery is Recovery.DEAD_LETTER
    assert found.original == b"nonsense"
    assert (found.letter.identity, found.letter.peer) == ("bad", "made-up")
    assert found.letter.reason == Reason.BREAKS_STANDARD
    assert journal.outcome(document) == "rejected"


async def test_a_bad_document_costs_no_other_one(bus: Bus, journal: Journal) -> None:
    """Those before and after it are stored, in order."""
    async with taking(given(journal), bus) as source:
        source.hand(LINES[0].body, "one")
        source.hand(b"nonsense", "bad")
        await source.hand(LINES[2].body, "three").answer()
    assert await _stored(bus) == ["one", "three"]


class Mended(Given):
    """Its mapping lacks something, until it is mended."""

    broken = True

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Refuse everything while it is broken."""
        if self.broken:
            raise DocumentError("X", "a code that the mapping knows", reason=Reason.UNMAPPED)
        return super().translate(document)


@pytest.mark.parametrize("private", [False, True])
async def test_a_dead_document_is_redriven_after_the_mapping_is_mended(
    bus: Bus,
    journal: Journal,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    *,
    private: bool,
) -> None:
    """Also where its bytes never left the journal; ordered twice, it is one event."""
    monkeypatch.setattr(Mended, "private", private)
    source = given(journal, Mended)
    async with taking(source, bus):
        await source.hand().answer()
        (found,) = await bus.dead_letters.list()
        source.broken = False
        first = await bus.dead_letters.redrive(found.letter, why="mapping mended")
        second = await bus.dead_letters.redrive(found.letter, why="mapping mended")
        (event,) = await recorder.wait_for(1, IncidentReported)
    assert (first, second) == (True, False)
    assert (event.key, await bus.dead_letters.list()) == ("one", [])
    assert (found.letter.kept, found.original) == (
        ("journal", b"") if private else ("here", LINES[0].body)
    )


async def test_a_redriven_document_that_fails_again_is_a_new_letter(
    bus: Bus, journal: Journal
) -> None:
    """It names the one before."""
    async with taking(given(journal, Mended), bus) as source:
        await source.hand().answer()
        (first,) = await bus.dead_letters.list()
        await bus.dead_letters.redrive(first.letter, why="hoping")
        letters = await waiting_letters(bus)
    assert letters[0].letter.previous == first.letter.id


async def test_one_who_will_not_wait_is_told_to_come_again(
    bus: Bus, journal: Journal, nats_server: Server
) -> None:
    """Before its patience ends, and nothing is kept as done; when it comes again it is taken."""
    assert nats_server.pid
    async with taking(given(journal), bus) as source:
        os.kill(nats_server.pid, signal.SIGSTOP)
        try:
            loop = asyncio.get_running_loop()
            begun = loop.time()
            document = source.hand(waits=2.0)
            error = await document.answer()
            took = loop.time() - begun
        finally:
            os.kill(nats_server.pid, signal.SIGCONT)
        assert error.recovery is Recovery.RETRY
        assert took < 2.0
        assert journal.outcome(document) is None
        assert await source.hand().answer() == "accepted"
        assert await _stored(bus) == ["one"]
    assert await bus.dead_letters.list() == []


class Clumsy(Given):
    """Has a defect."""

    private = True

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Quote the document in an exception."""
        raise KeyError(document.body)


async def test_a_defect_of_a_private_adapter_quotes_nothing(bus: Bus, journal: Journal) -> None:
    """The document is refused and the intake goes on; the letter shows no word of it."""
    async with taking(given(journal, Clumsy), bus) as source:
        await source.hand(b"Zhang San|x|y", "p-1").answer()
        await source.hand(b"Li Si|x|y", "p-2").answer()
    letters = await bus.dead_letters.list()
    assert len(letters) == 2
    assert "Zhang" not in "".join(found.letter.model_dump_json() for found in letters)
    assert [found.original for found in letters] == [b"", b""]
