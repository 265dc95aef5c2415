"""What an event says, in a few words for people: no free text that may name anybody."""

from liandong.contracts import (
    AdapterHeartbeat,
    AidAnswered,
    AidReleased,
    AidRequested,
    AlertIssued,
    Event,
    FacilityStatus,
    IncidentCleared,
    IncidentReported,
    IncidentUpdated,
    MessageRejected,
    ObservationRecorded,
    OrderIssued,
    OrderReported,
    ReferralAnswered,
    ReferralClosed,
    ReferralOffered,
    UnitPosition,
    UnitStatus,
)


def in_words(event: Event) -> str:
    """Return one line, without characters that could steer a terminal."""
    text = " ".join(str(part) for part in _parts(event) if part not in (None, ""))
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _parts(event: Event) -> list[object]:
    match event:
        case IncidentReported() | IncidentUpdated() | IncidentCleared():
            return _incident(event)
        case UnitStatus() | UnitPosition():
            return _unit(event)
        case OrderIssued() | OrderReported():
            return _order(event)
        case AidRequested() | AidAnswered() | AidReleased():
            return _aid(event)
        case ReferralOffered() | ReferralAnswered() | ReferralClosed():
            return _referral(event)
        case _:
            return _other(event)


def _incident(event: IncidentReported | IncidentUpdated | IncidentCleared) -> list[object]:
    if isinstance(event, IncidentCleared):
        return [event.summary or "cleared", event.status]
    grade = f"grade {event.grade}" if event.grade else None
    return [event.summary, grade, event.status]


def _unit(event: UnitStatus | UnitPosition) -> list[object]:
    if isinstance(event, UnitStatus):
        lent = f"lent to {event.lent_to}" if event.lent_to else None
        return [event.unit_id, event.secondary_status or event.primary_status, lent]
    longitude, latitude = event.point.coordinates
    speed = f"{event.speed_kmh:.0f} km/h" if event.speed_kmh is not None else None
    return [f"{latitude:.4f} {longitude:.4f}", speed]


def _order(event: OrderIssued | OrderReported) -> list[object]:
    if isinstance(event, OrderIssued):
        to = event.addressee
        return [event.order_id, "to", to.agency, to.unit_id, event.action_text or event.action]
    missed = f"(no {event.missed} in time)" if event.missed else None
    return [event.order_id, event.unit_id, event.state.replace("_", " "), missed]


def _aid(event: AidRequested | AidAnswered | AidReleased) -> list[object]:
    if isinstance(event, AidRequested):
        lines = [f"{line.quantity:g} {line.name}" for line in event.lines]
        return ["asks for", ", ".join(lines)]
    if isinstance(event, AidAnswered):
        answers = [f"{a.line_id}: {a.response} {a.granted_quantity:g}" for a in event.answers]
        return [event.answered_by, ", ".join(answers)]
    units = [unit for line in event.lines for unit in line.unit_ids]
    return ["released", ", ".join(units), "all of it" if event.complete else "in part"]


def _referral(event: ReferralOffered | ReferralAnswered | ReferralClosed) -> list[object]:
    if isinstance(event, ReferralOffered):
        return [event.summary, f"{event.from_service} to {event.to_service}", event.urgency]
    if isinstance(event, ReferralAnswered):
        return [event.answer, event.status]
    return [event.outcome]


def _other(event: Event) -> list[object]:
    match event:
        case AlertIssued():
            info = event.info[0] if event.info else None
            words = [info.headline or info.event, info.severity] if info else []
            return [event.msg_type, *words]
        case FacilityStatus():
            beds = [
                f"{bed.bed_type or (bed.local_type and bed.local_type.local)} "
                f"{_count(bed.available_count)}/{_count(bed.baseline_count)} free"
                for bed in event.beds[:4]
            ]
            return [event.facility_name, ", ".join(beds)]
        case ObservationRecorded():
            unit = event.unit_of_measurement.symbol if event.unit_of_measurement else None
            return [event.observed_property, event.result, unit]
        case MessageRejected():
            return [event.reason_name.lower().replace("_", " "), "by", event.rejected_by]
        case AdapterHeartbeat():
            return [event.state, event.problem]
        case _:
            return []


def _count(count: int | None) -> str:
    return "?" if count is None else str(count)
