"""ADT: admission, discharge and transfer, read for what it says of beds and for nothing else.

Standard: HL7 v2.1 to v2.9, chapter 3; Table 0003 (events), Table 0103 (processing), Table 0116 (bed
status). A patient appears only as `Stay.visit`, a keyed hash of the visit number.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from zoneinfo import ZoneInfo

from liandong.adapters.codecs.hl7v2.message import Message, Segment, fault
from liandong.contracts.errors import Reason

MAX_PLACE_CHARS = 199


class Effect(Enum):
    """What an event means for the bed."""

    LIES = "the patient now lies at PV1-3"
    FOLLOWS = "if the patient is in, they lie at PV1-3"
    LEAVES = "the patient is no longer in"
    STATUS = "the bed itself has a new status"
    NONE = "nothing"


# Table 0003. What is absent here is unsupported; what has no effect is still accepted.
EVENTS = dict.fromkeys((f"A{number:02}" for number in range(1, 63)), Effect.NONE) | {
    "A01": Effect.LIES,  # admit
    "A02": Effect.LIES,  # transfer
    "A03": Effect.LEAVES,  # discharge, end visit
    "A04": Effect.LIES,  # register an outpatient or emergency patient
    "A06": Effect.LIES,  # outpatient becomes inpatient
    "A07": Effect.LIES,  # inpatient becomes outpatient
    "A08": Effect.FOLLOWS,  # update
    "A11": Effect.LEAVES,  # cancel admit
    "A12": Effect.LIES,  # cancel transfer: PV1-3 is where the patient was before it
    "A13": Effect.LIES,  # cancel discharge
    "A17": Effect.LIES,  # swap: two patients, each now at its PV1-3
    "A20": Effect.STATUS,  # bed status
    "A23": Effect.LEAVES,  # delete the visit's record
}


class Processing(StrEnum):
    """What a message is for (Table 0103)."""

    PRODUCTION = "P"
    TRAINING = "T"
    DEBUGGING = "D"


class BedStatus(StrEnum):
    """The state of a bed (Table 0116)."""

    CLOSED = "C"
    HOUSEKEEPING = "H"
    ISOLATED = "I"
    CONTAMINATED = "K"
    OCCUPIED = "O"
    UNOCCUPIED = "U"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a hospital (data type PL). A part that was not given is empty.

    Attributes:
        facility: PL.4, or where that is empty MSH-4, the sender's own facility.
        point_of_care: PL.1: ward, department, clinic.
        room: PL.2.
        bed: PL.3.
    """

    facility: str
    point_of_care: str
    room: str
    bed: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One patient's stay.

    Attributes:
        visit: 32 digits that stand for the visit and tell nothing of it without the key.
        patient_class: PV1-2 (Table 0004: I inpatient, E emergency, O outpatient, …).
        place: PV1-3, where the patient is assigned to; None where not given.
        prior: PV1-6, where the patient was before; None where not given.
    """

    visit: str
    patient_class: str
    place: Place | None
    prior: Place | None


@dataclass(frozen=True, slots=True)
class AdtEvent:
    """What one ADT message says of beds.

    Attributes:
        trigger: MSH-9.2, such as ``A01``.
        processing: MSH-11; None where not given.
        time: EVN-2 when it was recorded, else MSH-7 when it was sent (UTC); None where neither can
            be read. (EVN-6, when it happened, may be days back: the counts change when it is told.)
        stays: The stays it is about; empty where the event says nothing of patients' beds.
        bed: NPU-1 and NPU-2 of an A20.
        defects: What was read leniently.
    """

    trigger: str
    processing: Processing | None
    time: datetime | None
    stays: tuple[Stay, ...]
    bed: tuple[Place, BedStatus] | None
    defects: tuple[str, ...]

    @property
    def effect(self) -> Effect:
        """What it means for the bed."""
        return EVENTS[self.trigger]


def read_adt(message: Message, *, zone: ZoneInfo, key: bytes) -> AdtEvent:
    """Return what an ADT message says of beds.

    Args:
        message: The message.
        zone: The zone of times that carry none.
        key: The secret that visit numbers are hashed with.

    Raises:
        DocumentError: It is another kind of message, an event or processing id that is unknown
            (`Reason.UNSUPPORTED`), or lacks what its event must say.
    """
    trigger = _trigger(message)
    processing, processing_defects = _processing(message)
    time, time_defects = _time(message, zone)
    moves = EVENTS[trigger] in (Effect.LIES, Effect.FOLLOWS, Effect.LEAVES)
    return AdtEvent(
        trigger=trigger,
        processing=processing,
        time=time,
        stays=_stays(message, key) if moves else (),
        bed=_bed(message) if EVENTS[trigger] is Effect.STATUS else None,
        defects=(*message.defects, *processing_defects, *time_defects),
    )


def _trigger(message: Message) -> str:
    kind, trigger = message.header.component(9, 1), message.header.component(9, 2)
    if kind != "ADT":
        raise fault("MSH-9.1", "message type ADT", found=kind, reason=Reason.UNSUPPORTED)
    if trigger not in EVENTS:
        raise fault("MSH-9.2", "an event A01 to A62", found=trigger, reason=Reason.UNSUPPORTED)
    return trigger


def _processing(message: Message) -> tuple[Processing | None, tuple[str, ...]]:
    found = message.header.component(11, 1)
    if not found:
        return None, ("MSH-11 is missing",)
    if found not in set(Processing):
        raise fault("MSH-11", "P, T or D", found=found, reason=Reason.UNSUPPORTED)
    return Processing(found), ()


def _time(message: Message, zone: ZoneInfo) -> tuple[datetime | None, tuple[str, ...]]:
    evn = next(iter(message.segments("EVN")), ())
    sent = message.header.component(7, 1)
    candidates = {"EVN-2": message.value(evn, 2), "MSH-7": sent}
    defects: list[str] = []
    for where, text in candidates.items():
        time = read_time(text)
        if time is None:
            defects += [f"{where} is no time"] if text else []
            continue
        if time.tzinfo is None:
            defects.append(f"{where} has no zone: read in {zone.key}")
            time = time.replace(tzinfo=zone)
        return time.astimezone(UTC), tuple(defects)
    return None, (*defects, "no time of the event")


_DTM = re.compile(r"(\d{4}(?:\d\d){0,5})(\.\d{1,6})?([+-]\d{4})?")


def read_time(text: str) -> datetime | None:
    """Return a DTM (``YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]``); None where it is none.

    What is left out is the earliest it may be. Naive where it has no zone. Own work: python-hl7
    reads ``2020-01-01`` as the year 2020 and loses the sign of ``-0030``.
    """
    if not (parts := _DTM.fullmatch(text)):
        return None
    digits = parts[1] + "00000101000000"[len(parts[1]) :]
    layout = "%Y%m%d%H%M%S.%f" + ("%z" if parts[3] else "")
    try:
        return datetime.strptime(f"{digits}{parts[2] or '.0'}{parts[3] or ''}", layout)  # noqa: DTZ007
    except ValueError:
        return None


def _stays(message: Message, key: bytes) -> tuple[Stay, ...]:
    segments = message.segments("PID", "PV1")
    pid: Segment = ()
    stays: list[Stay] = []
    for segment in segments:
        if str(segment[0]) == "PID":
            pid = segment
        else:
            stays.append(_stay(message, pid, segment, key))
    if not stays:
        raise fault("PV1", "the visit that the event is about")
    return tuple(stays)


def _stay(message: Message, pid: Segment, pv1: Segment, key: bytes) -> Stay:
    return Stay(
        visit=_visit(message, pid, pv1, key),
        patient_class=message.value(pv1, 2),
        place=_place(message, pv1, 3),
        prior=_place(message, pv1, 6),
    )


def _visit(message: Message, pid: Segment, pv1: Segment, key: bytes) -> str:
    # PV1-19 visit number; where a hospital does not use it PID-18 account, else PID-3 patient.
    for name, segment, field in (("visit", pv1, 19), ("account", pid, 18), ("patient", pid, 3)):
        if number := message.value(segment, field):
            facility = message.header.component(4, 1)
            return hmac.digest(key, f"{facility}\n{name}\n{number}".encode(), "sha256").hex()[:32]
    raise fault("PV1-19", "a visit, account or patient number")


def _place(message: Message, segment: Segment, field: int) -> Place | None:
    point_of_care, room, bed, facility = (
        message.value(segment, field, component) for component in (1, 2, 3, 4)
    )
    if not (point_of_care or room or bed):
        return None
    if max(map(len, (point_of_care, room, bed, facility))) > MAX_PLACE_CHARS:
        where = f"{segment[0]}-{field}"
        raise fault(where, f"at most {MAX_PLACE_CHARS} characters", reason=Reason.OVERSIZE)
    return Place(facility or message.header.component(4, 1), point_of_care, room, bed)


def _bed(message: Message) -> tuple[Place, BedStatus]:
    npu = next(iter(message.segments("NPU")), ())
    place, status = _place(message, npu, 1), message.value(npu, 2)
    if place is None:
        raise fault("NPU-1", "the bed that has a new status")
    if status not in set(BedStatus):
        raise fault("NPU-2", "a bed status of Table 0116", found=status)
    return place, BedStatus(status)
