"""What a review is made of: messages of the log, and which of them are about an incident."""

from dataclasses import dataclass, field
from datetime import datetime

from liandong.contracts import (
    Envelope,
    IncidentReported,
    MessageRejected,
    OrderIssued,
    Subject,
    UnitPosition,
    UnitStatus,
    to_token,
)
from liandong.contracts.errors import ContractError


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the log.

    Attributes:
        stored: When the broker stored it (UTC).
        place: The stream that holds it, and its sequence there.
        subject: The NATS subject that it came on.
        event: What it says; None where it cannot be read.
        fault: The numbered reason why it cannot be read; 0 where it can.
    """

    stored: datetime
    place: tuple[str, int]
    subject: str
    event: Envelope | None
    fault: int = 0


@dataclass(slots=True)
class Matter:
    """One incident, as far as the log has told of it: knows what else belongs to it.

    Attributes:
        incident: Its id.
    """

    incident: str
    _ids: set[str] = field(default_factory=set[str])
    _threads: set[str] = field(default_factory=set[str])
    _units: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _times: list[datetime] = field(default_factory=list[datetime])

    def learn(self, heard: Heard) -> None:
        """Take in a message that is about the incident."""
        if (event := heard.event) is None:
            return
        self._ids.add(event.id)
        self._times = [min((*self._times, event.time)), max((*self._times, event.time))]
        if isinstance(event.data, IncidentReported):
            self._threads.add(event.correlation or event.id)
        elif event.correlation and event.key == self.key:
            self._threads.add(event.correlation)
        self._units |= set(_units(event))

    def has(self, heard: Heard) -> bool:
        """Say whether a message belongs to the incident.

        By its key, by its incident, because it shares the correlation or answers what does, because
        it tells where one of its units is while it lasts, or that a message about it was refused.
        """
        if (event := heard.event) is None:
            return _key_of(heard.subject) == self.key
        data = event.data
        if event.key == self.key or getattr(data, "incident_id", None) == self.incident:
            return True
        if event.correlation in self._threads or event.causation in self._ids:
            return True
        match data:
            case MessageRejected(subject=subject, raw_id=raw_id):
                return self.names(subject, raw_id)
            case UnitPosition(unit_id=unit_id, incident_id=None):
                engaged = (str(event.source), unit_id) in self._units
                return engaged and self._times[0] <= event.time <= self._times[-1]
            case _:
                return False

    def names(self, subject: str, event_id: str) -> bool:
        """Say whether a message that was refused is about the incident: its subject or id says."""
        return event_id in self._ids or _key_of(subject) == self.key

    @property
    def key(self) -> str:
        """What its own events are kept in order by."""
        return to_token(self.incident)


def _units(event: Envelope) -> list[tuple[str, str]]:
    """Return the units that an event engages: by whom they speak, and their names there."""
    match event.data:
        case UnitStatus(unit_id=unit_id, home_agency=home, incident_id=str()):
            return [(str(event.source), unit_id), (home or "", unit_id)]
        case OrderIssued(addressee=to) if to.unit_id:
            return [(to.agency, to.unit_id)]
        case _:
            return []


def _key_of(subject: str) -> str:
    try:
        return Subject.parse(subject).key
    except ContractError:
        return ""
