"""Which files a site's desks go by."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Rules(BaseModel):
    """The files that a site goes by; where none is named, what comes along, which is made up."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    orders: Path | None = None
    """Which orders two people must release."""
    plans: Path | None = None
    """The folder of plans; else ``plans`` in LIANDONG_HOME, or none where that is not there."""
    agreements: Path | None = None
    """Which neighbours are asked for aid, and in which ring."""
    referrals: Path | None = None
    """How soon a referral is answered, and what must go to the emergency side first."""
    reports: Path | None = None
    """Which reports are due, by grade."""
    clocks: Path | None = None
    """Clocks and the times they allow."""
    warnings: Path | None = None
    """Who assesses a clue, and how long each step to a warning may take."""
