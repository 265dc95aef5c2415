"""The clock of the demo."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the moment, aware, in UTC."""
    return datetime.now(UTC)
