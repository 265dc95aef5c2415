"""What is to be filed next on an incident: one report a tier at most. Pure.

Reports climb the tiers rung by rung: who learned of it first reports to the tier above, which
passes on what it has received. A grade adds tiers and hastens deadlines, and never takes back.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from liandong.contracts import CommandTier, ReportDue, ReportForm, ReportStage
from liandong.response.report_rules import LADDER, GradeRule, ReportRules, seconds
from liandong.response.reporting import Filing, Graded, Reporting, Wanted, report_name

_MOST = 9_999  # reports in a series, as the contract counts them

Allowed = Callable[[GradeRule], float | None]


def wanted(reporting: Reporting, rules: ReportRules) -> tuple[Wanted, ...]:
    """Return the reports that are to be filed next, the lowest tier first."""
    if reporting.void:
        return ()
    return (*_climb(reporting, rules), *_asked_by_others(reporting, rules))


def rungs(reporting: Reporting, rules: ReportRules) -> tuple[tuple[CommandTier, datetime], ...]:
    """Return the tiers that it must be reported to, lowest first, and since when each."""
    own = LADDER.index(rules.tier_of(reporting.first_receiver))
    found: list[tuple[CommandTier, datetime]] = []
    for place, tier in enumerate(LADDER[own + 1 :], own + 1):
        reaching = (g.when for g in reporting.grades if _reach(rules, g) >= place)
        if (since := next(reaching, None)) is not None:
            found.append((tier, since))
    return tuple(found)


def _reach(rules: ReportRules, graded: Graded) -> int:
    return LADDER.index(rules.of(graded.grade).up_to)


def _climb(reporting: Reporting, rules: ReportRules) -> Iterator[Wanted]:
    below: _Rung | None = None
    for tier, since in rungs(reporting, rules):
        rung = _Rung(reporting, rules, tier, below, since)
        if one := rung.next():
            yield one
        below = rung


def _asked_by_others(reporting: Reporting, rules: ReportRules) -> Iterator[Wanted]:
    """Yield what others asked for, such as a plan, and nobody has filed."""
    latest = {call.asked.report_id: call for call in reporting.calls}
    for report_id, call in latest.items():
        asked = call.asked
        ours = report_name(reporting.incident_id, asked.to_tier, asked.series_number)
        if report_id == ours or any(_answers(f, asked) for f in reporting.filings):
            continue
        yield Wanted(
            report_id=report_id,
            stage=asked.stage,
            number=asked.series_number,
            form=asked.form,
            reporter=asked.reporter,
            to_tier=asked.to_tier,
            to_agencies=asked.to_agencies,
            above=_above(reporting, rules, asked.to_tier, asked.to_agencies),
            since=asked.since,
            due=asked.due,
            when=call.when,
        )


def _answers(filing: Filing, asked: ReportDue) -> bool:
    """Say whether a report is the one asked for, under its name or another."""
    if filing.by != asked.reporter:
        return False
    later = filing.to_tier is asked.to_tier and filing.number >= asked.series_number
    first = asked.stage is ReportStage.FIRST
    return filing.report_id == asked.report_id or (
        later and (filing.stage is ReportStage.FIRST) == first
    )


def _above(
    reporting: Reporting, rules: ReportRules, tier: CommandTier, named: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return who waits for a report to a tier: whom it goes to, then who is on duty above."""
    tiers = LADDER[LADDER.index(tier) :] if tier in LADDER else ()
    found = (rules.on_duty(one, reporting.reported.area) for one in tiers)
    return tuple(dict.fromkeys((*named, *filter(None, found))))


class _Rung:
    """One tier that reports go to, and what has reached it."""

    def __init__(
        self,
        reporting: Reporting,
        rules: ReportRules,
        tier: CommandTier,
        below: "_Rung | None",
        since: datetime,
    ) -> None:
        self._reporting, self._rules, self._tier, self._since = reporting, rules, tier, since
        self._area = reporting.reported.area
        self._lowest = below is None
        self._passer = rules.on_duty(below.tier, self._area) if below else None
        self._mine = list(self._filed())
        self._below = below

    @property
    def tier(self) -> CommandTier:
        """The tier."""
        return self._tier

    @property
    def filings(self) -> list[tuple[int, Filing]]:
        """The reports to it that count, each with its place among all that were filed."""
        return self._mine

    def next(self) -> Wanted | None:
        """Return what is to be filed next to this tier."""
        if self.final_filed():
            return None
        if not any(f.stage is ReportStage.FIRST for _, f in self._mine):
            return self._first()
        return self._final() if self._reporting.cleared else self._follow_up()

    def _first(self) -> Wanted | None:
        if self._lowest:
            received = self._reporting.incident.received or self._reporting.reported.time
            since = max(filter(None, (received, self._reporting.reopened)))
            return self._want(ReportStage.FIRST, since, lambda rule: rule.first_within_s)
        if not (below := self._below.filings if self._below else []):
            return None
        since = max(below[0][1].when, self._since)
        return self._want(ReportStage.FIRST, since, lambda rule: rule.pass_on_within_s)

    def _follow_up(self) -> Wanted | None:
        place, last = self._mine[-1]
        if self._lowest:
            since = max(filter(None, (last.when, self._reporting.reopened)))
            return self._want(ReportStage.FOLLOW_UP, since, lambda rule: rule.follow_up_every_s)
        below = self._below.filings if self._below else []
        news = (f for n, f in below if n > place and f.stage is not ReportStage.FIRST)
        if (new := next(news, None)) is None:
            return None
        return self._want(ReportStage.FOLLOW_UP, new.when, lambda rule: rule.pass_on_within_s)

    def _final(self) -> Wanted | None:
        if self._lowest and self._reporting.cleared:
            since = self._reporting.cleared
            return self._want(ReportStage.FINAL, since, lambda rule: rule.final_within_s)
        if not self._below or (final := self._below.final_filed()) is None:
            return None
        return self._want(ReportStage.FINAL, final.when, lambda rule: rule.pass_on_within_s)

    def _filed(self) -> Iterator[tuple[int, Filing]]:
        for place, filing in enumerate(self._reporting.filings):
            if filing.to_tier is self._tier and self._may_file(filing):
                yield place, filing

    def _may_file(self, filing: Filing) -> bool:
        """Say whether it was filed by who owes it: the first one by who learned of it first."""
        if filing.stage is ReportStage.FIRST:
            return filing.by in {self._reporting.first_receiver, self._passer}
        return filing.by == self._passer or filing.by in {o.agency for o in self._reporting.owners}

    def final_filed(self) -> Filing | None:
        """Return the final report to this tier, if it was filed since the last reopening."""
        later = (f for place, f in self._mine if place >= self._reporting.filed_before)
        return next((f for f in later if f.stage is ReportStage.FINAL), None)

    def _want(self, stage: ReportStage, since: datetime, allowed: Allowed) -> Wanted | None:
        """Return a report with its deadline; None where no grade asks for it."""
        found = self._soonest(since, allowed)
        if found is None:
            return None
        due, when = found
        first = stage is ReportStage.FIRST
        owner = self._reporting.owners[-1]
        rule = self._rules.of(self._reporting.grades[-1].grade)
        if self._passer is None and not first:
            when = max(when, owner.when)
        own = self._reporting.first_receiver if first else owner.agency
        on_duty = self._rules.on_duty(self._tier, self._area)
        number = 1 if first else min(_MOST, max(f.number for _, f in self._mine) + 1)
        return Wanted(
            report_id=report_name(self._reporting.incident_id, self._tier, number),
            stage=stage,
            number=number,
            form=rule.form if first else ReportForm.WRITTEN,
            reporter=self._passer or own,
            to_tier=self._tier,
            to_agencies=(on_duty,) if on_duty else (),
            above=_above(self._reporting, self._rules, self._tier),
            since=since,
            due=due,
            when=when,
        )

    def _soonest(self, since: datetime, allowed: Allowed) -> tuple[datetime, datetime] | None:
        """Return the earliest deadline that any grade since then sets, and when it was set."""
        grades = self._reporting.grades
        at_first = [graded for graded in grades if graded.when < since][-1:]
        later = [graded for graded in grades if graded.when >= since]
        deadlines = (
            (max(since, graded.when) + seconds(within), max(since, graded.when))
            for graded in (*at_first, *later)
            if (within := allowed(self._rules.of(graded.grade))) is not None
        )
        return min(deadlines, default=None)
