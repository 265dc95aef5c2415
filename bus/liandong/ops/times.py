"""Moments as people type them."""

import re
from datetime import UTC, datetime, timedelta

from liandong.ops.errors import CommandError, Exit

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def since(text: str, option: str = "--since") -> datetime | None:
    """Return the moment that ``10m``, ``2h`` or ``start`` means; None for an empty text.

    Args:
        text: As it was typed.
        option: Where, for the error.

    Raises:
        CommandError: It means nothing.
    """
    if not text:
        return None
    if text == "start":
        return datetime.fromtimestamp(0, UTC)
    if not (found := re.fullmatch(r"(\d{1,6})([smhd])", text)):
        raise CommandError(f"{option} {text!r}: say 90s, 10m, 2h, 7d or start", Exit.USAGE)
    return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
