"""From events to a foreign system: delivered, noted, answered."""

import asyncio
from pathlib import Path

from given import waiting_letters

from liandong.adapters.sdk import Draft, Journal, Settings, Sink
from liandong.adapters.sdk.conformance.hardships import Crash, CrashingJournal
from liandong.adapters.sdk.outlet import Outlet
from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    AgencyUnavailable,
    DocumentError,
    Envelope,
    Location,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.contracts.incidents import IncidentReported

INCIDENT = IncidentReported(incident_id="lz-1", summary="Smoke", location=Location(address="Quay"))


class Board(Sink[Settings]):
    """A board in a station; it writes down what it is told."""

    settings_type = Settings
    handles = (IncidentReported, OrderIssued)

    def __init__(self, settings: Settings, journal: Journal) -> None:
        """Prepare an empty board."""
        super().__init__(settings, journal)
        self.told: list[str] = []
        self.faults: list[Exception] = []

    async def deliver(self, envelope: Envelope) -> tuple[Draft, ...]:
        """Write an event down; of an order say that it was received."""
        if self.faults:
            raise self.faults.pop(0)
        self.told.append(envelope.key)
        if not isinstance(envelope.data, OrderIssued):
            return ()
        report = OrderReported(
            order_id=envelope.data.order_id, state=OrderState.RECEIVED, reported_by="board"
        )
        return (Draft(report, ("receipt", envelope.id), envelope.time),)


def _board(journal: Journal) -> Board:
    """Return a board that nothing runs."""
    settings = {"name": "board", "agency": "lz/fire/119", "area": "lz.1"}
    return Board(Settings.model_validate(settings), journal)


async def test_an_answer_carries_what_it_answers(
    bus: Bus, journal: Journal, recorder: Recorder
) -> None:
    """Cause, correlation, area and mode come from the event."""
    await Outlet(_board(journal), bus, b"s").start()
    order = OrderIssued(
        order_id="o-1", addressee=Addressee(agency="lz/fire/119"), action="go", issued_by="x"
    )
    sent = (await bus.publish(order, area="cn.98", correlation="c" * 32)).envelope
    (report,) = await recorder.wait_for(1, OrderReported)
    assert (report.causation, report.correlation, report.area) == (sent.id, "c" * 32, "cn.98")
    assert str(report.source) == "lz/fire/119"


async def test_what_it_said_itself_is_not_told_back(
    bus: Bus, journal: Journal, nats_server: Server
) -> None:
    """No loop between the bus and the system it came from."""
    board = _board(journal)
    await Outlet(board, bus, b"s").start()
    async with await connect(servers=(nats_server.url,), agency="lz/fire/119") as own:
        await own.publish(INCIDENT, area="lz.1")
    await bus.publish(INCIDENT.model_copy(update={"incident_id": "lz-2"}), area="lz.1")
    await _until_told(board, 1)
    assert board.told == ["lz-2"]


async def test_a_board_that_is_down_is_told_later(bus: Bus, journal: Journal) -> None:
    """The event waits; its health says so meanwhile."""
    board = _board(journal)
    board.faults = [AgencyUnavailable("unplugged"), AgencyUnavailable("unplugged")]
    await Outlet(board, bus, b"s").start()
    await bus.publish(INCIDENT, area="lz.1")
    await _until_told(board, 1)
    assert board.health.counters.retried == 2


async def test_what_cannot_be_said_there_is_a_dead_letter(bus: Bus, journal: Journal) -> None:
    """And can be re-driven when the board has learnt it."""
    board = _board(journal)
    board.faults = [DocumentError("board", "a word it knows")]
    await Outlet(board, bus, b"s").start()
    await bus.publish(INCIDENT, area="lz.1")
    letters = await waiting_letters(bus)
    await bus.dead_letters.redrive(letters[0].letter, why="it has learnt the word")
    await _until_told(board, 1)
    assert letters[0].letter.consumer == "board"


async def test_a_crash_before_the_note_delivers_again(bus: Bus, tmp_path: Path) -> None:
    """At least once: the foreign system knows it by the event's id. After the note, never again."""
    envelope = bus.envelope(INCIDENT, area="lz.1")
    told = []
    for memory in (CrashingJournal, Journal, Journal):
        with memory(tmp_path / "board.db") as journal:
            board = _board(journal)
            try:
                await Outlet(board, bus, b"s").deliver(envelope)
            except Crash:
                journal.rollback()
            told.append(len(board.told))
    assert told == [1, 1, 0]


async def test_counters_tell_what_was_delivered(bus: Bus, journal: Journal) -> None:
    """Each event once, repeats beside them."""
    board = _board(journal)
    outlet, envelope = Outlet(board, bus, b"s"), bus.envelope(INCIDENT, area="lz.1")
    for _ in range(3):
        await outlet.deliver(envelope)
    counters = board.health.counters
    assert (counters.delivered, counters.duplicates) == (1, 2)


async def _until_told(board: Board, count: int) -> None:
    """Return once the board was told so much and its SDK has noted it."""
    async with asyncio.timeout(20):
        while board.health.counters.delivered < count:  # noqa: ASYNC110  a counter has no event
            await asyncio.sleep(0.01)
