"""Alarms that hold now, from what the log says of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.bus import Bus
from liandong.contracts import AlarmCleared, AlarmRaised, Envelope, Filter, labels

CONTRACTS = (AlarmRaised, AlarmCleared)
_VALID = timedelta(minutes=15)  # longer than an alarm is valid that is not said again


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm and who told it.

    Attributes:
        agency: Whose process it is.
        alarm: What it said last.
    """

    agency: str
    alarm: AlarmRaised


@dataclass(slots=True)
class Alarmed:
    """The alarms of a bus.

    Attributes:
        told: Those that nobody has cleared, by id.
    """

    told: dict[str, Told] = field(default_factory=dict[str, Told])

    def take(self, event: Envelope) -> None:
        """Add what an event says of an alarm."""
        match event.data:
            case AlarmRaised() as raised:
                self.told[raised.alarm_id] = Told(str(event.source), raised)
            case AlarmCleared() as cleared:
                self.told.pop(cleared.alarm_id, None)
            case _:
                pass

    def holding(self, now: datetime) -> list[Told]:
        """Return those that hold, the oldest first; forget what nobody answers for any more."""
        self.told = {id_: told for id_, told in self.told.items() if told.alarm.valid_until > now}
        return sorted(self.told.values(), key=lambda told: told.alarm.since)


async def alarms_of(bus: Bus) -> list[Told]:
    """Return the alarms that hold now, the oldest first."""
    now = datetime.now(UTC)
    alarmed = Alarmed()
    async for entry in bus.history(Filter(contracts=CONTRACTS), since=now - _VALID):
        if entry.envelope:
            alarmed.take(entry.envelope)
    return alarmed.holding(now)


def card(told: Told) -> dict[str, Any]:
    """Return an alarm as plain data, in words and with what to do about it in both languages."""
    label = labels.of_code(told.alarm.name)
    return {
        "id": told.alarm.alarm_id,
        "name": told.alarm.name.value,
        "about": told.alarm.about,
        "problem": told.alarm.problem,
        "since": told.alarm.since.isoformat(),
        "agency": told.agency,
        "said_by": told.alarm.said_by,
        "title": {"en": label.en, "zh": label.zh},
        "mend": {"en": label.mend_en, "zh": label.mend_zh},
    }
