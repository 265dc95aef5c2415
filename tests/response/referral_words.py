"""Made-up referrals for tests: two lines, a department, an arbiter, and what they say."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from liandong.contracts import Agency, Envelope, Event
from liandong.contracts.base import contract
from liandong.response.concern import Say
from liandong.response.referral import Referral
from liandong.response.referral_rules import ReferralRules

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
POLICE = Agency("lz", "police", "110-linzhou")
HOTLINE = Agency("lz", "municipal", "12345-linzhou")
DRAINAGE = Agency("lz", "municipal", "drainage-linzhou")
ARBITER = Agency("lz", "emergency", "linzhou-bureau")
URGENCIES = ("emergency", "urgent", "routine")
DESK = Agency("lz", "centre", "desk")

RULES = ReferralRules.model_validate(
    {
        "emergency_services": ["police", "fire", "medical"],
        "answer_within_s": {"emergency": 5, "urgent": 10, "routine": 20},
        "done_within_s": {"emergency": 15, "urgent": 30, "routine": 60},
        "decide_within_s": 25,
        "chase_every_s": 10,
        "danger": [
            {"to_service": "fire", "why": "gas", "words": ["gas", "煤气"]},
            {"to_service": "police", "why": "a quarrel", "service_codes": ["quarrel"]},
        ],
    }
)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(by: Agency, name: str, seconds: float = 0, **fields: Any) -> Envelope:
    """Return what an agency says of a referral: ``accepted`` and so on."""
    data = _event(name, by, tuple(fields.items()))
    return _envelope(by, at(seconds), data)


def offered(seconds: float = 0, *, by: Agency = POLICE, **fields: Any) -> Envelope:
    """Return an offer of the police to the hotline, or another."""
    return said(by, "offered", seconds, **fields)


def back(say: Say) -> Envelope:
    """Return what a desk says, as it comes back out of the log."""
    return _envelope(DESK, say.time, say.event)


def known(referral: Referral | None) -> Referral:
    """Return a referral that there is."""
    assert referral
    return referral


_DEFAULTS: dict[str, dict[str, Any]] = {
    "offered": {
        "from_service": "police",
        "to_service": "municipal",
        "to_agency": str(HOTLINE),
        "urgency": "routine",
        "summary": "A broken lamp",
        "requested_datetime": at(-60),
    },
    "accepted": {},
    "progressed": {"status": "open"},
    "returned": {"returned_to": str(POLICE), "reason_code": "not_our_duty"},
    "disputed": {"arbiter": str(ARBITER), "held_by": str(POLICE), "reason": "Not ours"},
    "closed": {"outcome": "resolved"},
}


def _envelope(by: Agency, time: datetime, data: Event) -> Envelope:
    """Return an envelope unchecked: thousands of courses need millions."""
    return Envelope.model_construct(source=by, time=time, area="cn.99", data=data)


@cache
def _event(name: str, by: Agency, fields: tuple[tuple[str, Any], ...]) -> Event:
    given = {"referral_id": "r-1"} | _DEFAULTS[name] | dict(fields)
    if name != "offered":
        given = {f"{name}_by": str(by)} | given
    return contract(f"referral.{name}.v1").model_validate(given)
