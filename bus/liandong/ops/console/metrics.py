"""What Prometheus scrapes: text format 0.0.4, written by hand because it is a page of lines."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from liandong.ops.alarms import Told
from liandong.ops.console.lookout import Lookout

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def metrics(lookout: Lookout) -> str:
    """Return all metrics of a bus and its adapters."""
    return "".join(_families(lookout, datetime.now(UTC)))


def _families(lookout: Lookout, now: datetime) -> Iterator[str]:
    board = lookout.board
    beats = [
        ({"adapter": heartbeat.beat.adapter, "agency": heartbeat.agency}, heartbeat)
        for _, heartbeat in sorted(board.adapters.items())
    ]
    yield _family(
        "bus_connected", "gauge", "Whether the bus is connected.", [({}, lookout.bus.connected)]
    )
    yield from _alarms(lookout, now)
    yield _family(
        "bus_events_seen_total",
        "counter",
        "Messages seen since the console began, by contract.",
        [({"contract": name}, n) for name, n in sorted(lookout.seen.items())],
    )
    if lookout.dead is not None:
        yield _family("bus_dead_letters", "gauge", "Dead letters that wait.", [({}, lookout.dead)])
    yield _family(
        "bus_orders_overdue",
        "gauge",
        "Orders whose answer was due and has not come.",
        [({}, board.overdue(now))],
    )
    yield _family(
        "bus_incidents_open",
        "gauge",
        "Incidents that are not cleared.",
        [({}, sum(i.cleared is None for i in board.incidents.values()))],
    )
    yield _family(
        "bus_adapter_up",
        "gauge",
        "Whether an adapter is well and was heard of in the last 30 s.",
        [(labels, heartbeat.state(now) == "ok") for labels, heartbeat in beats],
    )
    yield _family(
        "bus_adapter_heartbeat_timestamp_seconds",
        "gauge",
        "When an adapter was last heard of.",
        [(labels, heartbeat.at.timestamp()) for labels, heartbeat in beats],
    )
    yield _family(
        "bus_adapter_passed_total",
        "counter",
        "What has passed through an adapter since it started, by its own counters.",
        [
            ({**labels, "counter": name}, n)
            for labels, heartbeat in beats
            for name, n in sorted(heartbeat.beat.counters.items())
        ],
    )


def _alarms(lookout: Lookout, now: datetime) -> Iterator[str]:
    # By labels: two processes may call themselves the same, and a series stands there once.
    holding = {_labels_of(told): 1.0 for told in lookout.alarms(now)}
    yield _family(
        "liandong_alarm",
        "gauge",
        "Alarms that hold now, each 1.",
        [(dict(labels), one) for labels, one in holding.items()],
    )
    yield _family(
        "liandong_alarms_raised_total",
        "counter",
        "Alarms raised since the console began.",
        [
            ({"name": name, "agency": whose}, n)
            for (name, whose), n in sorted(lookout.risen.items())
        ],
    )


def _labels_of(told: Told) -> tuple[tuple[str, str], ...]:
    alarm = told.alarm
    return (
        ("name", alarm.name.value),
        ("about", alarm.about),
        ("agency", told.agency),
        ("said_by", alarm.said_by),
    )


def _family(name: str, kind: str, says: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {says}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {float(value)!r}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
