"""Streams as data: `plan` says what differs from the broker, `apply` makes it so.

A lane and a mode make a stream. Which subjects a stream takes follows from the
contracts, so an event can only ever travel on its own lane.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from liandong.bus import jetstream
from liandong.bus.letters import MAX_ORIGINAL_BYTES
from liandong.bus.session import Session
from liandong.contracts import Event, Lane, Mode

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_GIB = 1 << 30

_VERSION_KEY_AREA = "*.*.>"

DEAD = "LD_DEAD"
AUDIT = "LD_AUDIT"


def stream_of(lane: Lane, mode: Mode) -> str:
    """Return the stream of a lane and a mode: ``LD_LIVE_ORDERS``."""
    return f"LD_{mode.upper()}_{lane.upper()}"


def lane_of(stream: str) -> Lane:
    """Return the lane of a stream; dead letters and the audit stream go with the events."""
    return _LANES.get(stream, Lane.EVENTS)


_LANES = {stream_of(lane, mode): lane for lane in Lane for mode in Mode}


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a site keeps what; orders are kept for ever.

    Attributes:
        events_days: Days that the events lane is kept.
        dead_days: Days that dead letters are kept.
        telemetry_bytes: Room for each telemetry stream.
        replicas: Copies of each stream: 1 on one server, 3 on a cluster.
    """

    events_days: int = 90
    dead_days: int = 366
    telemetry_bytes: int = _GIB
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what should be and what the broker has.

    Attributes:
        stream: Which stream.
        setting: Which setting of it; empty where the stream is missing.
        found: What the broker has.
        wanted: What should be.
    """

    stream: str
    setting: str
    found: Any
    wanted: Any

    def __str__(self) -> str:
        """Render as one line."""
        if not self.setting:
            return f"{self.stream}: create, {', '.join(self.wanted['subjects'])}"
        return f"{self.stream}: {self.setting} {self.found!r} -> {self.wanted!r}"


def streams(retention: Retention | None = None) -> dict[str, dict[str, Any]]:
    """Return every stream's configuration in JetStream's own terms, by name."""
    keep = retention or Retention()
    wanted = [_lane_stream(lane, mode, keep) for mode in Mode for lane in Lane]
    wanted += [
        {
            "name": DEAD,
            "description": "What could not be read or handled, and what was re-driven",
            "subjects": ["ld.dead.>", "ld.redrive.>"],
            "max_age": keep.dead_days * _DAY,
            "duplicate_window": 86_400 * _SECOND,
        },
        {
            "name": AUDIT,
            "description": "Who did what; what the broker says of deliveries that ended badly",
            "subjects": [
                "ld.audit.>",
                "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
                "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
            ],
            "deny_delete": True,
            "deny_purge": True,
        },
    ]
    common = {
        "storage": "file",
        "num_replicas": keep.replicas,
        "compression": "none",  # nats-server 2.15.1 spoils compressed blocks (docs/adr/0018)
        "allow_direct": True,
    }
    return {stream["name"]: common | stream for stream in wanted}


def _lane_stream(lane: Lane, mode: Mode, keep: Retention) -> dict[str, Any]:
    settings: dict[Lane, dict[str, Any]] = {
        Lane.ORDERS: {
            "description": "Orders, aid, referrals: never shed, kept",
            "discard": "new",
            "deny_delete": True,
            "deny_purge": True,
            "duplicate_window": 86_400 * _SECOND,
        },
        Lane.EVENTS: {
            "description": "Incidents, alerts, states of units and facilities",
            "discard": "new",
            "max_age": keep.events_days * _DAY,
            "duplicate_window": 7_200 * _SECOND,
            "allow_atomic": True,
        },
        Lane.TELEMETRY: {
            "description": "Positions and observations: the latest of each key",
            "discard": "old",
            "max_msgs_per_subject": 64,
            "max_bytes": keep.telemetry_bytes,
            "max_age": _DAY,
            "duplicate_window": 120 * _SECOND,
            "allow_atomic": True,
        },
    }
    return {
        "name": stream_of(lane, mode),
        "subjects": subjects_of(lane, mode),
        "max_msg_size": MAX_ORIGINAL_BYTES,  # a larger one could not become a dead letter
    } | settings[lane]


def subjects_of(lane: Lane, mode: Mode) -> list[str]:
    """Return the subjects of a lane: one wildcard for each contract, whatever its version.

    A subject without version, key or area is none of them: the broker refuses it at once, where it
    would else confirm what no reader's wildcard finds.
    """
    events = sorted({c.event for c in Event.known.values() if c.lane is lane})
    return [f"ld.{mode}.*.*.*.{event}.{_VERSION_KEY_AREA}" for event in events]


SessionOf = Callable[[str], Awaitable[Session]]
"""Returns the session to the broker that a stream belongs on."""


async def plan(session_of: SessionOf, retention: Retention | None = None) -> list[Change]:
    """Return what differs between the configuration and the broker; empty where nothing does."""
    found, wanted = await _compare(session_of, retention)
    missing = [Change(name, "", None, wanted[name]) for name in wanted if name not in found]
    return missing + [
        Change(name, setting, found[name].get(setting), value)
        for name in found
        for setting, value in wanted[name].items()
        if found[name].get(setting) != value
    ]


async def apply(session_of: SessionOf, retention: Retention | None = None) -> list[Change]:
    """Make the broker agree with the configuration; return what was changed. Idempotent.

    Raises:
        ApiError: The broker refused a change (some settings of a stream can never change).
    """
    changes = await plan(session_of, retention)
    _, wanted = await _compare(session_of, retention)
    for name in dict.fromkeys(change.stream for change in changes):
        missing = any(c.stream == name and not c.setting for c in changes)
        verb = "CREATE" if missing else "UPDATE"
        await jetstream.call(await session_of(name), f"STREAM.{verb}.{name}", wanted[name])
    return changes


async def _compare(
    session_of: SessionOf, retention: Retention | None
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the streams that the broker has and those it should have, by name.

    A subject that no contract here accounts for stays: a program of a later version, or one with
    contracts of its own, has put it there and publishes on it. The wider form of one that
    is known, which streams had once, does not.
    """
    found: dict[str, dict[str, Any]] = {}
    wanted = streams(retention)
    known = {subject for stream in wanted.values() for subject in stream["subjects"]}
    for name, stream in wanted.items():
        try:
            info = await jetstream.call(await session_of(name), f"STREAM.INFO.{name}")
            found[name] = info["config"]
        except jetstream.ApiError as error:
            if error.code != jetstream.STREAM_NOT_FOUND:
                raise
            continue
        others = [
            subject
            for subject in found[name]["subjects"]
            if not {subject, subject.removesuffix(">") + _VERSION_KEY_AREA} & known
        ]
        stream["subjects"] = [*stream["subjects"], *others]
    return found, wanted


async def state(session: Session, stream: str) -> dict[str, Any]:
    """Return how a stream is: messages, bytes, and its durable consumers' places.

    A stream that is missing has no messages; `plan` says so.
    """
    try:
        found = (await jetstream.call(session, f"STREAM.INFO.{stream}"))["state"]
        listed = await jetstream.call(session, f"CONSUMER.LIST.{stream}", {"offset": 0})
    except jetstream.ApiError as error:
        if error.code != jetstream.STREAM_NOT_FOUND:
            raise
        return {"name": stream, "messages": 0, "bytes": 0, "last_sequence": 0, "consumers": []}
    consumers = [
        {"name": c["name"], "pending": c["num_pending"], "unsettled": c["num_ack_pending"]}
        for c in listed.get("consumers") or ()
        if "durable_name" in c["config"]
    ]
    return {
        "name": stream,
        "messages": found["messages"],
        "bytes": found["bytes"],
        "last_sequence": found["last_seq"],
        "consumers": consumers,
    }


async def clock_skew_s(session: Session) -> float:
    """Return how many seconds the broker's clock is ahead of ours, to within the round trip."""
    before = datetime.now(UTC)
    info = await jetstream.call(session, f"STREAM.INFO.{AUDIT}")
    after = datetime.now(UTC)
    said = datetime.fromisoformat(info["ts"])
    return (said - before).total_seconds() - (after - before).total_seconds() / 2
