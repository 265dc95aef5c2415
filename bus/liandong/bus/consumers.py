"""JetStream consumers: durable ones that remember their place, ephemeral ones for reading."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.bus import jetstream
from liandong.bus.session import Session
from liandong.contracts import Agency, NotPermitted

_NANOSECONDS = 1_000_000_000
_ACK_WAIT_S = 30
_UNSETTLED = 1024
_UNUSED_S = 60  # an abandoned reader's consumer is forgotten after a minute


@dataclass(frozen=True, slots=True)
class Consumer:
    """A consumer of a stream.

    Attributes:
        name: The broker's name for it.
        delivered: How many deliveries it has made; None where it does not matter who got them.
        settled: The sequence up to which everything was settled when it was looked at.
    """

    name: str
    delivered: int | None = None
    settled: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """Where a stream ends.

    Attributes:
        created: When the stream was made, in the broker's words: another one was made otherwise.
        last: The last sequence that it has given.
    """

    created: str
    last: int


def start(since: datetime | None) -> dict[str, Any]:
    """Return where reading starts: at a moment, or at the beginning."""
    if since is None:
        return {"deliver_policy": "all"}
    return {"deliver_policy": "by_start_time", "opt_start_time": since.isoformat()}


def durable_name(agency: Agency, name: str) -> str:
    """Return the broker's name for an agency's subscription."""
    return f"{agency.region}_{agency.kind}_{agency.name}_{name}"


def begin(
    *, from_start: bool = False, after: int | None = None, since: datetime | None = None
) -> dict[str, Any]:
    """Return where a durable consumer begins.

    Args:
        from_start: With what the stream holds; else with what comes next.
        after: Rather behind this sequence.
        since: Rather with what was stored from then on.
    """
    if since is not None:
        return start(since)
    if after is not None:
        return {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
    return {"deliver_policy": "all" if from_start else "new"}


async def durable(
    session: Session,
    stream: str,
    agency: Agency,
    name: str,
    subjects: tuple[str, ...],
    where: dict[str, Any],
) -> Consumer:
    """Make sure that a durable consumer exists as described.

    Args:
        session: The session to ask on.
        stream: The stream.
        agency: Whose it is.
        name: The subscription's name, unique for the agency.
        subjects: Wildcards that do not overlap.
        where: Where it begins if it has to be made (`begin`).

    Raises:
        ApiError: The broker refused it.
    """
    consumer = durable_name(agency, name)
    config: dict[str, Any] = {
        "durable_name": consumer,
        "ack_policy": "explicit",
        "ack_wait": _ACK_WAIT_S * _NANOSECONDS,
        "max_deliver": -1,  # giving up is ours: the broker's own limit strands the message
        "max_ack_pending": _UNSETTLED,
        "filter_subjects": list(subjects),
    }
    try:
        found = await jetstream.call(session, f"CONSUMER.INFO.{stream}.{consumer}")
        # Where it begins can never change.
        where = {
            key: found["config"][key]
            for key in ("deliver_policy", "opt_start_seq", "opt_start_time")
            if key in found["config"]
        }
        if all(found["config"].get(key) == value for key, value in config.items()):
            return _consumer(found)
    except jetstream.ApiError as error:
        if error.code != jetstream.CONSUMER_NOT_FOUND:
            raise
    described = {"stream_name": stream, "config": config | where}
    return _consumer(
        await jetstream.call(session, f"CONSUMER.CREATE.{stream}.{consumer}", described)
    )


async def end_of(session: Session, stream: str) -> End | None:
    """Return where a stream ends now; None where we may not ask."""
    try:
        info = await jetstream.call(session, f"STREAM.INFO.{stream}")
    except NotPermitted:
        return None
    return End(info["created"], int(info["state"]["last_seq"]))


async def forget(session: Session, stream: str, agency: Agency, name: str) -> None:
    """Delete a durable consumer; that there is none is as well.

    Raises:
        ApiError: The broker refused it.
        NotPermitted: We may not.
    """
    try:
        await jetstream.call(session, f"CONSUMER.DELETE.{stream}.{durable_name(agency, name)}")
    except jetstream.ApiError as error:
        if error.code != jetstream.CONSUMER_NOT_FOUND:
            raise


async def holds(session: Session, stream: str, sequence: int, stored: datetime) -> bool:
    """Say whether what a stream has under a sequence is what was stored then.

    What is gone, dropped for its age, or may not be asked for is taken for it.
    """
    try:
        held = await jetstream.message_at(session, stream, seq=sequence)
    except (jetstream.ApiError, NotPermitted):
        return True
    return datetime.fromisoformat(held.time) == stored


async def rewind(session: Session, stream: str, consumer: Consumer) -> Consumer:
    """Have everything that is not acknowledged delivered again from now on, in order (ADR-60).

    What was on its way when a connection broke would else come late, behind newer messages.
    """
    return _consumer(await jetstream.call(session, f"CONSUMER.RESET.{stream}.{consumer.name}"))


def _consumer(found: dict[str, Any]) -> Consumer:
    return Consumer(
        found["name"],
        int(found["delivered"]["consumer_seq"]),
        int(found["ack_floor"]["stream_seq"]),
    )


async def ephemeral(
    session: Session, stream: str, subjects: tuple[str, ...], begin: dict[str, Any]
) -> dict[str, Any]:
    """Create a consumer that acknowledges nothing and that the broker forgets by itself.

    Returns:
        What the broker says of it: ``name``, ``num_pending``, ….
    """
    config = {
        "ack_policy": "none",
        "filter_subjects": list(subjects),
        "inactive_threshold": _UNUSED_S * _NANOSECONDS,
        "mem_storage": True,
        "num_replicas": 1,
    } | begin
    return await jetstream.call(
        session, f"CONSUMER.CREATE.{stream}", {"stream_name": stream, "config": config}
    )
