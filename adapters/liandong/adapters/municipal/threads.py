"""What was handed to another municipal system, and under which id that system has it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from liandong.adapters.sdk import Journal
from liandong.contracts import Envelope


class Thread(BaseModel):
    """One order or referral that was handed over, as the journal keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    event: str
    """The envelope, as it was encoded."""
    since: datetime
    """When it was first posted; it may have arrived although no answer came."""
    service_request_id: str | None = None
    """The other system's id, once it is known."""
    token: str | None = None
    """What the id is asked for with, until it is known."""
    ended: bool = False
    """Whether nothing more is to be expected."""

    @property
    def envelope(self) -> Envelope:
        """The order or referral."""
        return Envelope.decode(self.event.encode())

    @property
    def arrived(self) -> bool:
        """Whether the other system has confirmed it."""
        return bool(self.service_request_id or self.token)


class Threads:
    """The threads of one adapter. Each change is durable when its method returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def read(self, event_id: str) -> Thread | None:
        """Return the thread of an event that was handed over."""
        text = self._journal.read(f"thread/{event_id}")
        return None if text is None else Thread.model_validate_json(text)

    def write(self, event_id: str, thread: Thread) -> None:
        """Keep a thread."""
        self._journal.write(f"thread/{event_id}", thread.model_dump_json())
        self._journal.commit()

    def open(self) -> dict[str, Thread]:
        """Return the threads that something is still expected of, by event id."""
        notes = self._journal.notes("thread/")
        threads = {
            name.removeprefix("thread/"): Thread.model_validate_json(text) for name, text in notes
        }
        return {name: thread for name, thread in threads.items() if not thread.ended}
