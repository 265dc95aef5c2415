"""Reports up the tiers of command: asked for, reminded of, chased until they are filed. Pure.

An incident's grade says what is due, when and how far up. The agency that learned of it first owes
the first report, whoever answers for it later (首接首报); what a tier has received makes the report
to the next tier due; clearing asks for the final one. What was filed is never asked for again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liandong.contracts import (
    Envelope,
    IncidentClassified,
    IncidentCleared,
    IncidentMerged,
    IncidentOwnershipAccepted,
    IncidentReopened,
    IncidentReported,
    IncidentStatus,
    IncidentUpdated,
    MergeDirection,
    Precedence,
    ReportDue,
    ReportFiled,
    ReportOverdue,
    ResponseGrade,
)
from liandong.response.concern import Changes, Concern, Move, Say
from liandong.response.report_rules import GradeRule, ReportRules, default_rules, seconds
from liandong.response.report_series import wanted
from liandong.response.reporting import (
    Call,
    Filing,
    Graded,
    Owned,
    Phase,
    Reporting,
    Wanted,
    key_of,
)

KEPT = timedelta(days=7)
"""How long the reports on an incident are still shown once nothing more is due."""

_MOST = 999  # reminders, as the contract counts them


def reports(rules: ReportRules | None = None) -> Concern[Reporting]:
    """Return the concern of reports under a site's rules; under made-up ones if it has none."""
    rules = rules or default_rules()

    def decide(
        reporting: Reporting | None, event: Envelope | None, now: datetime
    ) -> Changes[Reporting]:
        return decide_by(rules, reporting, event, now)

    return Concern("reports", 1, Reporting, _CONTRACTS, _threads, decide, _MOVES)


def decide_by(
    rules: ReportRules, reporting: Reporting | None, event: Envelope | None, now: datetime
) -> Changes[Reporting]:
    """Return what becomes of the reports on an incident.

    Args:
        rules: When reports are due, and to whom.
        reporting: As it was; None before the incident was reported.
        event: What was said of the incident or of a report; None where only time has passed.
        now: The moment against which deadlines are held.
    """
    after = _apply(reporting, event) if event else reporting
    if after is None or (event is None and _forgotten(after, now)):
        return Changes(None)
    if event:
        after = replace(after, wanted=wanted(after, rules))
    rule = rules.of(after.grade or ResponseGrade.IV)
    say = tuple(one for w in after.wanted for one in _owed(after, w, rule, now))
    moments = [moment for w in after.wanted if (moment := _next(w, rule, now))]
    return Changes(after, say, min(moments, default=None) or _forget_at(after))


def _forget_at(reporting: Reporting) -> datetime | None:
    return reporting.heard + KEPT if reporting.phase is Phase.OVER else None


def _forgotten(reporting: Reporting, now: datetime) -> bool:
    end = _forget_at(reporting)
    return end is not None and end < now


def _threads(event: Envelope) -> Iterator[str]:
    if name := getattr(event.data, "incident_id", None):
        yield name


def _apply(before: Reporting | None, event: Envelope) -> Reporting | None:
    if before is None:
        incident = event.data
        return _begin(event, incident) if isinstance(incident, IncidentReported) else None
    match event.data:
        case ReportDue() as asked:
            return replace(before, calls=_asked(before.calls, asked, event.time))
        case ReportOverdue() as chased:
            return replace(before, calls=tuple(_chased(before.calls, chased)))
        case _:
            after = _told(before, event)
            return before if after is None else replace(after, heard=event.time)


def _begin(event: Envelope, incident: IncidentReported) -> Reporting:
    begun = Reporting(event, (Owned(str(event.source), event.time),), event.time)
    learned = min(event.time, incident.received or event.time)
    return _graded(begun, incident.grade, learned) or begun


def _told(before: Reporting, event: Envelope) -> Reporting | None:  # noqa: PLR0911  one an event
    """Return what was said of the incident; None where it changes nothing."""
    who, when = str(event.source), event.time
    owner = before.owners[-1].agency
    match event.data:
        case IncidentClassified(grade=grade):
            return _graded(before, grade, when)
        case IncidentUpdated(grade=grade) if who == owner:
            return _graded(before, grade, when)
        case IncidentOwnershipAccepted(offered_by=former, offered_to=agency) if (
            former == owner and who == agency
        ):
            return replace(before, owners=(*before.owners, Owned(agency, when)))
        case IncidentCleared(status=status) if before.cleared is None:
            none = status is IncidentStatus.CANCELLED and not before.filings
            return replace(before, cleared=when, void=before.void or none)
        case IncidentReopened() if before.cleared:
            known = len(before.filings)
            return replace(before, cleared=None, reopened=when, filed_before=known, void=False)
        case IncidentMerged(direction=MergeDirection.REPLACED):
            return replace(before, void=True)
        case ReportFiled(reporter=reporter) as filed if who == reporter:
            return _filed(before, filed, who, when)
        case _:
            return None


def _graded(before: Reporting, grade: ResponseGrade | None, when: datetime) -> Reporting | None:
    if grade is None or grade == before.grade:
        return None
    later = max(when, before.grades[-1].when) if before.grades else when
    return replace(before, grades=(*before.grades, Graded(grade, later)))


def _filed(before: Reporting, filed: ReportFiled, who: str, when: datetime) -> Reporting:
    filing = Filing(filed.report_id, filed.stage, filed.series_number, filed.to_tier, who, when)
    return replace(before, filings=(*before.filings, filing))


def _asked(calls: tuple[Call, ...], asked: ReportDue, when: datetime) -> tuple[Call, ...]:
    """Return the calls with one more, or with one that was said again: a reminder."""
    key = key_of(asked)
    if all(key_of(call.asked) != key for call in calls):
        return (*calls, Call(asked, when))
    return tuple(
        replace(call, reminded=call.reminded or when > call.when)
        if key_of(call.asked) == key
        else call
        for call in calls
    )


def _chased(calls: tuple[Call, ...], chased: ReportOverdue) -> Iterator[Call]:
    key = key_of(chased)
    for call in calls:
        if key_of(call.asked) == key:
            yield replace(call, chased=max(call.chased, chased.reminder_number))
        else:
            yield call


def _owed(reporting: Reporting, one: Wanted, rule: GradeRule, now: datetime) -> Iterator[Say]:
    """Ask for a report; once that is heard, remind of it before its deadline and chase it after."""
    cause = reporting.reported
    name = f"{one.report_id} {one.stage} {one.reporter} {one.due.astimezone(UTC).isoformat()}"
    if (call := reporting.call(one)) is None:
        yield Say(reporting.due(one), f"due {name}", cause, one.when, Precedence.PRIORITY)
        return
    remind_at = one.due - seconds(rule.remind_before_s)
    if not call.reminded and one.when < remind_at <= now < one.due:
        about = f"reminder {name} {rule.remind_before_s:g}"
        yield Say(call.asked, about, cause, remind_at, Precedence.PRIORITY)
    if (number := _number(one, rule, now)) > call.chased:
        late = (number - 1) * seconds(rule.chase_every_s)
        event = _overdue(call.asked, one, number, late)
        about = f"overdue {name} {number} {late.total_seconds():g}"
        yield Say(event, about, cause, one.due + late, Precedence.IMMEDIATE)


def _number(one: Wanted, rule: GradeRule, now: datetime) -> int:
    """Return the how-many-th time it should have been chased by now; 0 before its deadline."""
    return min(_MOST, max(0, (now - one.due) // seconds(rule.chase_every_s) + 1))


def _overdue(asked: ReportDue, one: Wanted, number: int, late: timedelta) -> ReportOverdue:
    """Return a chase; each time one tier more is told of it, the nearest first."""
    told = tuple(agency for agency in one.above if agency != one.reporter)[: number - 1]
    same_facts = asked.model_dump(exclude={"provenance", "since", "due", "rule"})
    return ReportOverdue(
        **same_facts,
        due=one.due,
        overdue_s=late.total_seconds(),
        reminder_number=number,
        told_agencies=told,
    )


def _next(one: Wanted, rule: GradeRule, now: datetime) -> datetime | None:
    """Return when more is to be said of a report: always after now."""
    number = _number(one, rule, now)
    if number >= _MOST:
        return None
    late = one.due + number * seconds(rule.chase_every_s)
    remind_at = one.due - seconds(rule.remind_before_s)
    return remind_at if now < remind_at else late


_CONTRACTS = (
    IncidentReported,
    IncidentUpdated,
    IncidentClassified,
    IncidentCleared,
    IncidentReopened,
    IncidentMerged,
    IncidentOwnershipAccepted,
    ReportDue,
    ReportFiled,
    ReportOverdue,
)

_MOVES = (
    Move("", "incident.reported", Phase.DUE),
    Move("", "incident.reported", Phase.NOTHING_DUE),
    Move(Phase.DUE, "incident.cleared", Phase.OVER),
    Move(Phase.DUE, "incident.merged", Phase.OVER),
    Move(Phase.DUE, "incident.reopened", Phase.NOTHING_DUE),
    Move(Phase.DUE, "report.filed", Phase.NOTHING_DUE),
    Move(Phase.DUE, "report.filed", Phase.OVER),
    Move(Phase.NOTHING_DUE, "incident.classified", Phase.DUE),
    Move(Phase.NOTHING_DUE, "incident.updated", Phase.DUE),
    Move(Phase.NOTHING_DUE, "report.due", Phase.DUE),
    Move(Phase.NOTHING_DUE, "report.filed", Phase.DUE),
    Move(Phase.NOTHING_DUE, "incident.cleared", Phase.DUE),
    Move(Phase.NOTHING_DUE, "incident.cleared", Phase.OVER),
    Move(Phase.NOTHING_DUE, "incident.merged", Phase.OVER),
    Move(Phase.OVER, "incident.classified", Phase.DUE),
    Move(Phase.OVER, "incident.updated", Phase.DUE),
    Move(Phase.OVER, "report.due", Phase.DUE),
    Move(Phase.OVER, "incident.reopened", Phase.DUE),
    Move(Phase.OVER, "incident.reopened", Phase.NOTHING_DUE),
    Move(Phase.OVER, "seven days", ""),
)
