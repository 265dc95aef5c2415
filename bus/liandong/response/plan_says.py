"""The events by which a plan is carried out: each follows from the plan and its activation. Pure.

Deadlines count from when the level holds that calls for them.
"""

from dataclasses import dataclass
from datetime import datetime

from liandong.contracts import (
    AidLine,
    AidRequested,
    AidResource,
    Amount,
    Assignment,
    CommandLevelActivated,
    CommandLevelEnded,
    CommandPostClosed,
    CommandPostEstablished,
    DecisionBasis,
    Envelope,
    Event,
    ListedValue,
    Location,
    OrderCancelled,
    OrderIssued,
    Precedence,
    ReportDue,
    ResponseGrade,
    RiskWarningProposed,
)
from liandong.response.concern import Say
from liandong.response.plan_file import Item
from liandong.response.plan_items import (
    AidToAsk,
    AlertToPropose,
    FirstOrder,
    Need,
    PlannedPost,
    ReportToFile,
)
from liandong.response.plan_state import Activation, Level, Task, name_of

_UCUM = "urn:ucum"
_WITHDRAWN = "The response was lowered 响应级别已下调"
_OVER = "The response is over 应急响应已终止"
_CLEARED = "The incident is cleared 警情已结束"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says what one activation owes.

    Attributes:
        activation: The activation.
    """

    activation: Activation

    def level(self) -> Say:
        """Say that the response has begun, at the activation's level."""
        fact, cause = self.activation.fact, self.activation.activated
        event = CommandLevelActivated(
            response_id=self.activation.response_id,
            incident_id=fact.incident_id,
            category=fact.trigger.category,
            areas=(cause.area,),
            decision=fact.decision,
            level=fact.trigger.grade,
            since=cause.time,
        )
        return Say(event, f"{fact.activation_id} level", cause, cause.time, cause.precedence)

    def end(self, cause: Envelope, level: ResponseGrade) -> Say:
        """Say that the response is over, because its incident is."""
        fact = self.activation.fact
        decision = fact.decision.model_copy(
            update={"basis": DecisionBasis.HAZARD_OVER, "basis_text": _CLEARED}
        )
        event = CommandLevelEnded(
            response_id=self.activation.response_id,
            incident_id=fact.incident_id,
            category=fact.trigger.category,
            areas=(self.activation.activated.area,),
            decision=decision,
            level=level,
            ended=cause.time,
        )
        return self._say(event, f"{fact.activation_id} end", cause, cause.time)

    def item(self, item: Item, level: Level, name: str) -> Say:
        """Say what an item of the plan is about.

        Args:
            item: The item.
            level: The level that calls for it.
            name: What it is called on the bus.
        """
        event = self._event(item, level.since, name)
        precedence = item.precedence if isinstance(item, FirstOrder) else Precedence.IMMEDIATE
        return self._say(event, name, level.cause, level.since, precedence)

    def cancel(self, order_id: str, task: Task, cause: Envelope, since: datetime) -> Say:
        """Cancel an order, for everyone whom it reached."""
        fact = self.activation.fact
        over = isinstance(cause.data, CommandLevelEnded)
        event = OrderCancelled(
            order_id=order_id,
            incident_id=fact.incident_id,
            addressees=task.reached,
            cancelled_by=fact.decision.role,
            reason=_OVER if over else _WITHDRAWN,
        )
        return self._say(event, f"{order_id} cancelled", cause, since, Precedence.IMMEDIATE)

    def close(self, post: PlannedPost, name: str, cause: Envelope, since: datetime) -> Say:
        """Close a command post."""
        incident_id = self.activation.fact.incident_id
        event = CommandPostClosed(
            post_id=name, incident_id=incident_id, kind=post.kind, reason=_OVER
        )
        return self._say(event, f"{name} closed", cause, since)

    def _say(
        self,
        event: Event,
        about: str,
        cause: Envelope,
        time: datetime,
        precedence: Precedence = Precedence.PRIORITY,
    ) -> Say:
        return Say(event, about, cause, time, precedence, self.activation.activated.area)

    def _event(self, item: Item, since: datetime, name: str) -> Event:
        match item:
            case PlannedPost():
                return self._post(item, since, name)
            case FirstOrder():
                return self._order(item, since, name)
            case AidToAsk():
                return self._aid(item, since, name)
            case ReportToFile():
                return self._report(item, since, name)
            case AlertToPropose():
                return self._alert(item, since, name)

    def _post(self, post: PlannedPost, since: datetime, name: str) -> CommandPostEstablished:
        fact = self.activation.fact
        superior = name_of(fact.activation_id, post.superior) if post.superior else None
        return CommandPostEstablished(
            post_id=name,
            incident_id=fact.incident_id,
            kind=post.kind,
            name=post.name.line,
            tier=post.tier,
            agency=post.agency,
            role=post.role.line,
            location=Location(place=post.place.line),
            contact=post.contact,
            member_agencies=post.member_agencies,
            superior_post_id=superior,
            since=since,
        )

    def _order(self, order: FirstOrder, since: datetime, name: str) -> OrderIssued:
        fact = self.activation.fact
        return OrderIssued(
            order_id=name,
            incident_id=fact.incident_id,
            addressee=order.to.addressee,
            action=order.action,
            action_text=order.text.line,
            instructions=order.instructions.text if order.instructions else None,
            location=Location(place=order.place.line) if order.place else None,
            issued_by=fact.decision.role,
            receipt_by=since + order.receipt if order.receipt else None,
            accept_by=since + order.accept if order.accept else None,
            complete_by=since + order.complete if order.complete else None,
            next_in_line=tuple(one.addressee for one in order.next_in_line),
        )

    def _aid(self, aid: AidToAsk, since: datetime, name: str) -> AidRequested:
        fact = self.activation.fact
        return AidRequested(
            request_id=name,
            incident_id=fact.incident_id,
            borrower=fact.decision.agency,
            asked_agencies=aid.agencies,
            asked_regions=aid.regions,
            lines=tuple(_line(str(number), need) for number, need in enumerate(aid.needs, 1)),
            answer_by=since + aid.answer,
        )

    def _report(self, report: ReportToFile, since: datetime, name: str) -> ReportDue:
        return ReportDue(
            report_id=name,
            incident_id=self.activation.fact.incident_id,
            stage=report.stage,
            series_number=report.number,
            form=report.form,
            reporter=report.reporter,
            to_tier=report.to_tier,
            to_agencies=report.to_agencies,
            since=since,
            due=since + report.due,
            rule=report.rule.line if report.rule else None,
        )

    def _alert(self, alert: AlertToPropose, since: datetime, name: str) -> RiskWarningProposed:
        """Propose an alert; the risk has the incident's name, so that it stands beside it."""
        fact = self.activation.fact
        return RiskWarningProposed(
            risk_id=fact.incident_id or fact.activation_id,
            alert_key=name,
            proposed_by=fact.decision.agency,
            proposed_to=alert.to,
            decide_by=since + alert.decide,
            warning_colour=alert.colour,
            categories=alert.categories,
            event_text=alert.event.line,
            urgency=alert.urgency,
            certainty=alert.certainty,
            expires=since + alert.expires,
            areas=alert.areas or (self.activation.activated.area,),
            headline=alert.headline.line,
            instruction=alert.instruction.text if alert.instruction else None,
        )


def _line(line_id: str, need: Need) -> AidLine:
    unit = ListedValue(list_urn=_UCUM, values=(need.unit,)) if need.unit else None
    return AidLine(
        line_id=line_id,
        resource=AidResource(name=need.name.line, resource_type=need.resource_type),
        assignment=Assignment(quantity=Amount(amount=need.amount, unit=unit)),
    )
