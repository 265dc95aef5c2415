"""What every plan must be, rule by rule, so that it can be carried out when it is needed. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from liandong.contracts import Agency, PlanPart, ReportStage, ResponseGrade
from liandong.response.plan_file import Plan
from liandong.response.plan_items import FirstOrder, PlannedPost
from liandong.response.plan_library import Region, rank


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One thing wrong with a plan.

    Attributes:
        rule: What is wrong: a name in ``plan_faults.toml``.
        place: Where in the plan.
        context: What the rule's words are filled in with.
    """

    rule: str
    place: str = ""
    context: Mapping[str, str] = field(default_factory=dict[str, str])


def check_plan(plan: Plan, region: Region | None) -> Iterator[PlanFault]:
    """Yield what is wrong with a plan.

    Args:
        plan: The plan.
        region: What it may name; None where nobody has said, and it is not checked.
    """
    if region is None:
        yield PlanFault("no-region")
    else:
        yield from _names(plan, region)
        yield from _areas(plan, region)
    yield from _grades(plan)
    yield from _roster(plan)
    for number, order in enumerate(plan.orders):
        yield from _order(plan, order, f"orders[{number}]")
    for number, post in enumerate(plan.posts):
        yield from _post(plan, post, f"posts[{number}]")
    yield from _reports(plan)
    for name, times in Counter(item.id for item in plan.items).items():
        if times > 1:
            yield PlanFault("named-twice", "", {"found": name})


def _names(plan: Plan, region: Region) -> Iterator[PlanFault]:
    """Yield agencies and regions that nobody knows."""
    for place, name in _agencies(plan):
        agency = Agency.parse(name)
        if agency.region not in {plan.region, *region.neighbours}:
            yield PlanFault("unknown-region", place, {"found": name})
        elif agency.kind not in region.kinds:
            yield PlanFault("unknown-kind", place, {"found": name})
    for number, aid in enumerate(plan.aid):
        for found in set(aid.regions) - set(region.neighbours):
            yield PlanFault("unknown-region", f"aid[{number}].regions", {"found": found})


def _agencies(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield every agency that a plan names, and where."""
    named: dict[str, list[tuple[str, ...]]] = {
        "deciders": [(one.agency,) for one in plan.deciders],
        "agencies": [(one.agency,) for one in plan.agencies],
        "posts": [(one.agency, *one.member_agencies) for one in plan.posts],
        "orders": [(one.to.agency, *(r.agency for r in one.next_in_line)) for one in plan.orders],
        "aid": [one.agencies for one in plan.aid],
        "reports": [(one.reporter, *one.to_agencies) for one in plan.reports],
        "alerts": [(one.to,) for one in plan.alerts],
    }
    for table, rows in named.items():
        for number, agencies in enumerate(rows):
            yield from ((f"{table}[{number}]", agency) for agency in dict.fromkeys(agencies))


def _areas(plan: Plan, region: Region) -> Iterator[PlanFault]:
    alerts = [(f"alerts[{n}].areas", alert.areas) for n, alert in enumerate(plan.alerts)]
    for place, areas in [("trigger.areas", plan.trigger.areas), *alerts]:
        for area in areas:
            if area not in region.areas:
                yield PlanFault("unknown-area", place, {"found": area})


def _grades(plan: Plan) -> Iterator[PlanFault]:
    """Yield grades with a gap, or with nobody who decides, leads or is ordered."""
    own = plan.trigger.grades
    if _has_gap(own):
        yield PlanFault("grade-gap", "trigger.grades", {"found": ", ".join(own)})
    for grade in own:
        context = {"grade": grade.value}
        if plan.decider(grade) is None:
            yield PlanFault("no-decider", "deciders", context)
        if not any(order.holds_at(grade) for order in plan.orders):
            yield PlanFault("no-orders", "orders", context)
    for place, grades in _grades_named(plan):
        for grade in set(grades) - set(own):
            yield PlanFault("foreign-grade", place, {"found": grade})
        if _has_gap(grades):
            yield PlanFault("grade-gap", place, {"found": ", ".join(grades)})


def _grades_named(plan: Plan) -> Iterator[tuple[str, tuple[ResponseGrade, ...]]]:
    """Yield the grades of everything that has some, and where they stand."""
    tables = ("deciders", "agencies", "posts", "orders", "aid", "reports", "alerts")
    for table in tables:
        for number, one in enumerate(getattr(plan, table)):
            yield f"{table}[{number}].grades", one.grades


def _has_gap(grades: Iterable[ResponseGrade]) -> bool:
    return any(milder - graver != 1 for graver, milder in pairwise(sorted(set(map(rank, grades)))))


def _roster(plan: Plan) -> Iterator[PlanFault]:
    """Yield agencies that cannot be reached, and grades that none or several lead."""
    for number, one in enumerate(plan.agencies):
        if one.contact is None:
            yield PlanFault("no-contact", f"agencies[{number}].contact", {"found": one.agency})
    for grade in plan.trigger.grades:
        called = [one for one in plan.agencies if one.holds_at(grade)]
        leads = [one.agency for one in called if one.part is PlanPart.LEAD]
        context = {"grade": grade.value, "found": ", ".join(leads)}
        if len(leads) > 1:
            yield PlanFault("two-leads", "agencies", context)
        if not leads:
            yield PlanFault("no-lead", "agencies", context)
        for name, times in Counter(one.agency for one in called).items():
            if times > 1:
                yield PlanFault("agency-twice", "agencies", context | {"found": name})


def _order(plan: Plan, order: FirstOrder, place: str) -> Iterator[PlanFault]:
    if order.accept is None:
        yield PlanFault("no-deadline", f"{place}.accept")
    if not order.next_in_line:
        yield PlanFault("nobody-next", f"{place}.next_in_line")
    asked = Counter(one.addressee for one in (order.to, *order.next_in_line))
    for addressee, times in asked.items():
        if times > 1:
            yield PlanFault("asked-twice", place, {"found": addressee.agency})
    spans = {"receipt": order.receipt, "accept": order.accept, "complete": order.complete}
    given = [(name, length) for name, length in spans.items() if length]
    for (earlier, first), (later, second) in pairwise(given):
        if second < first:
            context = {"earlier": earlier, "later": later}
            yield PlanFault("wrong-spans", f"{place}.{later}", context)
    for grade in plan.trigger.grades:
        called = {one.agency for one in plan.agencies if one.holds_at(grade)}
        if order.holds_at(grade) and order.to.agency not in called:
            context = {"found": order.to.agency, "grade": grade.value}
            yield PlanFault("not-called", f"{place}.to", context)


def _post(plan: Plan, post: PlannedPost, place: str) -> Iterator[PlanFault]:
    if post.contact is None:
        yield PlanFault("no-contact", f"{place}.contact", {"found": post.name.en})
    for agency, times in Counter((post.agency, *post.member_agencies)).items():
        if times > 1:
            yield PlanFault("seat", f"{place}.member_agencies", {"found": agency})
    if post.superior:
        own = {grade for grade in plan.trigger.grades if post.holds_at(grade)}
        superiors = [one for one in plan.posts if one.id == post.superior and one is not post]
        if not any(all(map(one.holds_at, own)) for one in superiors):
            yield PlanFault("superior", f"{place}.superior", {"found": post.superior})


def _reports(plan: Plan) -> Iterator[PlanFault]:
    for number, report in enumerate(plan.reports):
        if (report.stage is ReportStage.FIRST) != (report.number == 1):
            context = {"stage": report.stage.value, "number": str(report.number)}
            yield PlanFault("series", f"reports[{number}]", context)
    if not any(report.stage is ReportStage.FIRST for report in plan.reports):
        yield PlanFault("no-report", "reports")
