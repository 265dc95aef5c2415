"""Made-up incidents and reports for tests: a station, a county, a city, a province."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from liandong.contracts import Agency, Envelope, Event
from liandong.contracts.base import contract
from liandong.response.concern import Say
from liandong.response.report_rules import ReportRules

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
STATION = Agency("lz", "fire", "hexing-station")
POLICE = Agency("lz", "police", "110-linzhou")
COUNTY = Agency("lz", "emergency", "hexing-district")
CITY = Agency("lz", "emergency", "linzhou-bureau")
PROVINCE = Agency("pd", "emergency", "pingdong-department")
DESK = Agency("lz", "centre", "desk")

GRADES = {
    "I": ("province", 10, 5, 20),
    "II": ("province", 20, 10, 30),
    "III": ("city", 30, 15, 40),
    "IV": ("county", 40, 20, None),
}


def _rule(up_to: str, first: int, pass_on: int, follow_up: int | None) -> dict[str, Any]:
    return {
        "up_to": up_to,
        "form": "oral",
        "first_within_s": first,
        "pass_on_within_s": pass_on,
        "follow_up_every_s": follow_up,
        "final_within_s": 100,
        "remind_before_s": 3,
        "chase_every_s": 10,
    }


RULES = ReportRules.model_validate(
    {
        "grade": {grade: _rule(*numbers) for grade, numbers in GRADES.items()},
        "duty": [
            {"tier": "county", "area": "cn.99.01", "agency": "lz/emergency/elsewhere"},
            {"tier": "county", "area": "cn.99.01.03", "agency": str(COUNTY)},
            {"tier": "city", "area": "cn.99.01", "agency": str(CITY)},
            {"tier": "province", "area": "cn.99", "agency": str(PROVINCE)},
        ],
    }
)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(by: Agency, name: str, seconds: float = 0, **fields: Any) -> Envelope:
    """Return what an agency says: ``incident.cleared``, ``report.filed`` and so on."""
    return _envelope(by, at(seconds), _event(name, tuple(fields.items())))


def reported(grade: str | None = "I", seconds: float = 0) -> Envelope:
    """Return the station's report of an incident."""
    return said(STATION, "incident.reported", seconds, grade=grade)


def graded(grade: str, seconds: float, by: Agency = COUNTY) -> Envelope:
    """Return a judgement of how grave it is."""
    return said(by, "incident.classified", seconds, grade=grade, agency=str(by))


def filed(
    by: Agency,
    to_tier: str,
    seconds: float,
    stage: str = "first",
    number: int = 1,
    **fields: Any,
) -> Envelope:
    """Return a report that an agency files."""
    before = None if number == 1 else "the-one-before"
    return said(
        by,
        "report.filed",
        seconds,
        report_id=f"lz-1-{to_tier}-{number}",
        reporter=str(by),
        to_tier=to_tier,
        stage=stage,
        series_number=number,
        previous_report_id=before,
        **fields,
    )


def taken_over(by: Agency, former: Agency, seconds: float) -> Envelope:
    """Return that an agency now answers for the incident."""
    return said(
        by,
        "incident.ownership_accepted",
        seconds,
        offered_by=str(former),
        offered_to=str(by),
    )


def asked(name: str, of: Agency, to_tier: str, seconds: float, due: float) -> Envelope:
    """Return that somebody else, such as a plan, asks for a first report."""
    return said(
        CITY,
        "report.due",
        seconds,
        report_id=name,
        stage="first",
        series_number=1,
        reporter=str(of),
        to_tier=to_tier,
        since=at(seconds),
        due=at(due),
    )


def cleared(seconds: float, *, by: Agency = STATION, status: str = "Closed") -> Envelope:
    """Return that it is over; ``Cancelled`` where it was none."""
    return said(by, "incident.cleared", seconds, cleared=at(seconds), status=status)


def reopened(seconds: float, by: Agency = STATION) -> Envelope:
    """Return that it is not over after all."""
    return said(by, "incident.reopened", seconds, cleared=START, reopened=at(seconds))


def back(say: Say) -> Envelope:
    """Return what a desk says, as it comes back out of the log."""
    return _envelope(DESK, say.time, say.event)


_DEFAULTS: dict[str, dict[str, Any]] = {
    "incident.reported": {"location": {"place": "tank yard"}, "summary": "A tank on fire"},
    "incident.updated": {"summary": "A second tank"},
    "incident.classified": {"category": "accident", "decided_by": "director", "basis": "two tanks"},
    "incident.ownership_accepted": {"offer_id": "h-1", "since": START, "decided_by": "director"},
    "incident.reopened": {"decided_by": "director", "reason": "smoke"},
    "incident.merged": {
        "other_incident_id": "lz-2",
        "direction": "REPLACED",
        "decided_by": "director",
    },
    "report.filed": {"summary": "A tank on fire"},
}


def _envelope(by: Agency, time: datetime, data: Event) -> Envelope:
    """Return an envelope unchecked: thousands of courses need millions."""
    return Envelope.model_construct(source=by, time=time, area="cn.99.01.03", data=data)


@cache
def _event(name: str, fields: tuple[tuple[str, Any], ...]) -> Event:
    given = {"incident_id": "lz-1"} | _DEFAULTS.get(name, {}) | dict(fields)
    return contract(f"{name}.v1").model_validate(given)
