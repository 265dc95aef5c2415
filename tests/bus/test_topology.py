"""Streams as data: shown, applied, and nothing else."""

import re

import pytest
from facts import AREA, ordered

from liandong.bus import Bus, Server, connect, jetstream, topology
from liandong.contracts import Agency, Event, Filter, Lane, Mode, TransportError

EVERY_STREAM = {
    *(f"LD_{mode}_{lane}" for mode in ("LIVE", "EXERCISE", "TEST") for lane in
      ("ORDERS", "EVENTS", "TELEMETRY")),
    "LD_DEAD",
    "LD_AUDIT",
}  # fmt: skip


async def _call(bus: Bus, name: str, body: dict) -> dict:
    """Call the broker's own API."""
    return await jetstream.call(await bus.connection.session(), name, body)


async def test_an_empty_broker_needs_every_stream(nats_server: Server) -> None:
    """`plan` lists them all and changes nothing; `apply` makes them; then nothing is left to do."""
    async with await connect(servers=(nats_server.url,)) as bus:
        planned = await bus.plan()
        again = await bus.plan()
        applied = await bus.apply()
        assert {change.stream for change in planned} == EVERY_STREAM
        assert all(str(change).startswith(f"{change.stream}: create, ") for change in planned)
        assert planned == again == applied
        assert await bus.plan() == []
        assert await bus.apply() == []


async def test_no_stream_is_compressed(bus: Bus) -> None:
    """A node of three that is killed spoils a compressed block and cannot read it any more."""
    infos = [await _call(bus, f"STREAM.INFO.{name}", {}) for name in sorted(EVERY_STREAM)]
    assert {info["config"]["compression"] for info in infos} == {"none"}


async def test_drift_is_shown_and_mended(bus: Bus) -> None:
    """A setting that somebody changed by hand is one line of the plan."""
    wanted = topology.streams()["LD_LIVE_EVENTS"]
    await _call(bus, "STREAM.UPDATE.LD_LIVE_EVENTS", wanted | {"max_age": 1_000_000_000 * 7200})
    (change,) = await bus.plan()
    assert (change.stream, change.setting) == ("LD_LIVE_EVENTS", "max_age")
    assert str(change) == f"LD_LIVE_EVENTS: max_age {change.found} -> {change.wanted}"
    await bus.apply()
    assert await bus.plan() == []


async def test_what_a_later_program_publishes_on_stays(bus: Bus) -> None:
    """A subject of no contract known here is not taken off; what is missing beside it is added."""
    wanted = topology.streams()["LD_LIVE_EVENTS"]
    theirs = "ld.live.*.*.*.hydrant.measured.>"
    subjects = [theirs, *wanted["subjects"][1:]]
    await _call(bus, "STREAM.UPDATE.LD_LIVE_EVENTS", wanted | {"subjects": subjects})
    await bus.apply()
    config = (await _call(bus, "STREAM.INFO.LD_LIVE_EVENTS", {}))["config"]
    assert set(config["subjects"]) == {theirs, *wanted["subjects"]}
    assert await bus.plan() == []


async def test_orders_cannot_be_purged_or_deleted_one_by_one(bus: Bus) -> None:
    """Not even by someone with every right of the account."""
    stored = await bus.publish(ordered(), area=AREA)
    with pytest.raises(jetstream.ApiError, match="purge"):
        await _call(bus, f"STREAM.PURGE.{stored.stream}", {})
    with pytest.raises(jetstream.ApiError, match="delete"):
        await _call(bus, f"STREAM.MSG.DELETE.{stored.stream}", {"seq": stored.sequence})
    assert [e.envelope.id async for e in bus.history() if e.envelope] == [stored.envelope.id]


async def test_a_subject_that_no_reader_finds_is_refused(bus: Bus) -> None:
    """Without key and area it matches no subscription: it must not be confirmed."""
    session = await bus.connection.session()
    with pytest.raises(TransportError, match="nobody listens"):
        await session.request("ld.live.lz.centre.desk.incident.reported.v1", b"{}")


async def test_the_wider_subjects_of_earlier_streams_are_replaced(bus: Bus) -> None:
    """They would overlap with those of today."""
    wanted = topology.streams()["LD_LIVE_ORDERS"]
    wide = [f"{subject.removesuffix('*.*.>')}>" for subject in wanted["subjects"]]
    await _call(bus, "STREAM.UPDATE.LD_LIVE_ORDERS", wanted | {"subjects": wide})
    assert {change.setting for change in await bus.apply()} == {"subjects"}
    assert await bus.plan() == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("contract", Event.known.values(), ids=Event.known)
def test_each_contract_has_one_stream_a_mode(contract: type[Event], mode: Mode) -> None:
    """It is that of its lane, for any agency, key and area."""
    types = (contract.type_name(),)
    which = Filter(agency=Agency("js", "fire", "119"), key="k", areas=("cn.32",))
    subject = which.subjects(mode, types)[0]
    taking = [
        name
        for name, stream in topology.streams().items()
        if any(_matches(pattern, subject) for pattern in stream["subjects"])
    ]
    assert taking == [topology.stream_of(contract.lane, mode)]


@pytest.mark.parametrize("lane", Lane)
def test_no_lane_is_without_contracts(lane: Lane) -> None:
    """A lane nobody uses would be a stream that takes nothing."""
    assert topology.subjects_of(lane, Mode.LIVE)


def test_orders_are_never_shed() -> None:
    """No age, no size, no count limits them; what does not fit is refused."""
    orders = topology.streams()["LD_LIVE_ORDERS"]
    assert orders["discard"] == "new"
    assert not {"max_age", "max_bytes", "max_msgs", "max_msgs_per_subject"} & set(orders)


def _matches(pattern: str, subject: str) -> bool:
    """Say whether a NATS wildcard takes a subject."""
    expression = re.escape(pattern).replace(r"\*", r"[^.]+").replace(">", r".+")
    return re.fullmatch(expression, subject) is not None


async def test_a_site_says_how_long_events_are_kept(
    nats_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings reach the broker, and a plan with others shows the difference."""
    monkeypatch.setenv("LIANDONG_EVENTS_DAYS", "7")
    async with await connect(servers=(nats_server.url,)) as week:
        await week.apply()
        assert await week.plan() == []
    async with await connect(servers=(nats_server.url,), events_days=30) as month:
        changes = await month.plan()
    assert {change.setting for change in changes} == {"max_age"}
    assert {change.stream.rpartition("_")[2] for change in changes} == {"EVENTS"}
