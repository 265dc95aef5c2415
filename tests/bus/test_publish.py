"""Publishing: stored once, in order, or told why not."""

from datetime import UTC, datetime, timedelta

import pytest
from facts import AREA, ordered, reported

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import ContractError, Expired, Filter, NotPermitted, Reason, TransportError
from liandong.contracts.incidents import IncidentReported


async def test_publish_returns_when_the_broker_has_stored_it(bus: Bus) -> None:
    """The acknowledgement names the stream of the contract's lane."""
    stored = await bus.publish(reported(), area=AREA)
    assert (stored.stream, stored.sequence, stored.duplicate) == ("LD_LIVE_EVENTS", 1, False)


async def test_the_same_envelope_twice_is_one_event(bus: Bus, recorder: Recorder) -> None:
    """A repeat with the same id adds nothing."""
    first = await bus.publish(reported(), area=AREA)
    again = await bus.send(first.envelope)
    await bus.publish(reported("lz-2"), area=AREA)
    seen = await recorder.wait_for(2)
    assert again.duplicate
    assert [e.key for e in seen] == ["lz-1", "lz-2"]


async def test_a_batch_keeps_its_order_and_says_which_were_known(bus: Bus) -> None:
    """A batch that holds a stored id is stored all the same, in order, the known one marked."""
    envelopes = [bus.envelope(reported(f"lz-{n}"), area=AREA) for n in range(1200)]
    await bus.send(envelopes[700])
    stored = await bus.send_many(envelopes)
    read = [e.envelope.key async for e in bus.history() if e.envelope]
    assert [n for n, one in enumerate(stored) if one.duplicate] == [700]
    assert read == ["lz-700", *(f"lz-{n}" for n in range(1200) if n != 700)]


async def test_events_and_orders_travel_on_their_own_lanes(bus: Bus) -> None:
    """One call may carry both; the answers come in the order given."""
    stored = await bus.send_many(
        [bus.envelope(fact, area=AREA) for fact in (reported(), ordered(), reported("lz-2"))]
    )
    assert [s.stream for s in stored] == ["LD_LIVE_EVENTS", "LD_LIVE_ORDERS", "LD_LIVE_EVENTS"]


async def test_an_expired_event_is_not_sent(bus: Bus) -> None:
    """What must not be acted on any more does not go out."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    with pytest.raises(Expired):
        await bus.publish(ordered(), area=AREA, expires=past)


async def test_without_streams_the_publisher_is_told_what_to_run(nats_server: Server) -> None:
    """Nobody stores it: the error names the command."""
    async with await connect(servers=(nats_server.url,)) as bare:
        envelope = bare.envelope(reported(), area=AREA)
        with pytest.raises(TransportError, match="topology apply"):
            await bare.send(envelope, within=1)


async def test_an_order_whose_id_another_agency_took_is_not_called_stored(
    bus: Bus, nats_server: Server
) -> None:
    """The broker dedupes by id alone: a squatted id must not make an order vanish."""
    order = bus.envelope(ordered(), area=AREA)
    async with await connect(servers=(nats_server.url,), agency="lz/police/110") as squatter:
        await squatter.publish(ordered("o-9"), area=AREA, id=order.id)
    with pytest.raises(ContractError, match="taken") as caught:
        await bus.send(order)
    assert caught.value.reason is Reason.ID_TAKEN


async def test_another_order_under_the_same_id_is_not_called_stored(bus: Bus) -> None:
    """A repeat is welcome; the same id with other contents would be lost in silence."""
    order = bus.envelope(ordered(), area=AREA)
    first, again = await bus.send(order), await bus.send(order)
    assert (first.duplicate, again.duplicate) == (False, True)
    changed = order.data.model_copy(update={"action": "evacuate"})
    with pytest.raises(ContractError, match="other contents") as caught:
        await bus.send(order.model_copy(update={"data": changed}))
    assert caught.value.reason is Reason.ID_TAKEN


@pytest.fixture
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Describe a server where ``fire`` may speak for itself only."""
    users = """
    accounts { SITE { jetstream: enabled, users: [
      { user: admin, password: a }
      { user: fire, password: f, permissions: {
          publish: { allow: ["ld.*.lz.fire.119.>", "$JS.API.STREAM.INFO.>", "_INBOX.>"] }
          subscribe: { allow: ["_INBOX.>"] } } } ] } }
    """
    return Server(tmp_path_factory.mktemp("restricted"), extra=users)


@pytest.mark.parametrize("count", [1, 3])
async def test_speaking_for_another_agency_is_refused_at_once(
    restricted: Server, count: int
) -> None:
    """A refused publish is an error, not a time-out, alone and in a batch; the right one passes."""
    async with restricted:
        servers = (restricted.url,)
        async with await connect(servers=servers, user="admin", password="a") as admin:
            await admin.apply()
        as_fire = {"servers": servers, "user": "fire", "password": "f"}
        async with await connect(**as_fire, agency="lz/fire/119") as fire:
            await fire.publish(reported(), area=AREA)
        async with await connect(**as_fire, agency="lz/police/110") as impostor:
            envelopes = [impostor.envelope(reported(f"x-{n}"), area=AREA) for n in range(count)]
            with pytest.raises(NotPermitted, match="police"):
                await impostor.send_many(envelopes, within=5)
        async with await connect(servers=servers, user="admin", password="a") as admin:
            stored = [e async for e in admin.history(Filter(contracts=(IncidentReported,)))]
    assert [e.envelope.source.kind for e in stored if e.envelope] == ["fire"]


async def test_subscribing_without_permission_is_an_error(restricted: Server) -> None:
    """A subscription that would never deliver is not handed out."""
    async with restricted:
        servers = (restricted.url,)
        async with await connect(servers=servers, user="admin", password="a") as admin:
            await admin.apply()
        async with await connect(servers=servers, user="fire", password="f") as fire:
            with pytest.raises(NotPermitted):
                await fire.subscribe("all", _ignore)


async def _ignore(_: object) -> None:
    """Handle nothing."""
