"""Orders: sinks that pass them on, and handlers that carry them out."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

import structlog

from liandong.adapters.sdk.adapter import Settings, Sink
from liandong.adapters.sdk.document import Draft, Drafts
from liandong.contracts import (
    ContractError,
    Envelope,
    Expired,
    Fault,
    Filter,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
    Reason,
    Unavailable,
)

log = structlog.get_logger()

S = TypeVar("S", bound=Settings)


class OrderSink(Sink[S]):
    """Delivers the orders that are for this agency: issued to it, or passed on to it later."""

    handles = (OrderIssued, OrderEscalated)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether the order is addressed to this agency, its own command's too."""
        match envelope.data:
            case OrderIssued() | OrderEscalated() as order:
                return order.addressee.agency == str(self.settings.agency)
            case _:
                return False

    async def meant(self, envelope: Envelope) -> Envelope:
        """Return the order: for one passed on, as it was issued but with whom and by when now.

        Raises:
            ContractError: An order was passed on that nobody has issued.
        """
        step = envelope.data
        if not isinstance(step, OrderEscalated):
            return envelope
        which = Filter(contracts=(OrderIssued,), key=envelope.key)
        async with aclosing(self.log(which)) as entries:
            async for entry in entries:
                if entry.envelope and _order_of(entry.envelope) == step.order_id:
                    return _passed_on(entry.envelope, envelope, step)
        fault = Fault("data.order_id", "an order that was issued", step.order_id)
        raise ContractError("passed on but never issued", (fault,), reason=Reason.BAD_PAYLOAD)

    async def holds(self, envelope: Envelope) -> bool:
        """Say whether the order is still this agency's to carry out; asks the log.

        It is not once its issuer has cancelled or replaced it, or it was passed on, or expired. A
        cancellation may stand before its order there: the one was sent while the other could not
        be. It may also stand behind it and not have been delivered yet.

        Raises:
            Expired: The order was to be acted on until a moment that has passed.
        """
        if envelope.expires and envelope.expires <= datetime.now(UTC):
            raise Expired(f"it expired at {envelope.expires}")
        said = Filter(
            contracts=(OrderIssued, OrderCancelled, OrderEscalated, OrderExpired), key=envelope.key
        )
        passed_on = False
        async with aclosing(self.log(said)) as entries:
            async for entry in entries:
                if entry.envelope and _ends(entry.envelope, envelope):
                    return False
                if entry.envelope and _is_step_of(entry.envelope, envelope):
                    passed_on = entry.envelope.id != envelope.id
        return not passed_on


def _ends(said: Envelope, issued: Envelope) -> bool:
    """Say whether an event ends an order: its issuer takes it back, or it has expired."""
    order_id, by_issuer = _order_of(issued), said.source == issued.source
    match said.data:
        case OrderCancelled(order_id=cancelled):
            return by_issuer and cancelled == order_id
        case OrderIssued(supersedes=replaced):
            return by_issuer and replaced == order_id
        case OrderExpired(order_id=expired):
            return expired == order_id
        case _:
            return False


def _is_step_of(said: Envelope, issued: Envelope) -> bool:
    """Say whether an event passes an order on."""
    return isinstance(said.data, OrderEscalated) and said.data.order_id == _order_of(issued)


def _passed_on(issued: Envelope, said: Envelope, step: OrderEscalated) -> Envelope:
    """Return an order as the one whom it was passed on to has it: under the id of that step."""
    now = {
        name: getattr(step, name)
        for name in ("addressee", "receipt_by", "accept_by", "complete_by", "next_in_line")
    }
    changes = {"id": said.id, "time": said.time, "causation": issued.id}
    return issued.model_copy(
        update=changes
        | {
            "correlation": issued.correlation or issued.id,
            "data": issued.data.model_copy(update=now),
        }
    )


def _order_of(envelope: Envelope) -> str | None:
    return getattr(envelope.data, "order_id", None)


def receipt(order: OrderIssued, by: str) -> Draft:
    """Return the report that a machine of the addressee has the order: no one has accepted it yet.

    Args:
        order: The order.
        by: The system that has it.
    """
    report = OrderReported(
        order_id=order.order_id,
        incident_id=order.incident_id,
        state=OrderState.RECEIVED,
        reported_by=by,
        unit_id=order.addressee.unit_id,
    )
    return Draft(report, ("receipt", order.order_id, by), datetime.now(UTC))


class Refused(Exception):  # noqa: N818  an answer, and no error of anybody's
    """The agency will not carry the order out; the message says why."""


@dataclass(frozen=True)
class Order:
    """An order that is being carried out.

    Attributes:
        issued: The order.
        envelope: The event it came in: its mode, area, correlation and precedence.
    """

    issued: OrderIssued
    envelope: Envelope
    _say: Callable[[Draft, Envelope], Awaitable[None]]

    async def accepted(self) -> None:
        """Report that a person will do it. Receipt is reported by itself, and is not this."""
        await self._report(OrderState.ACCEPTED)

    async def in_progress(self, until: datetime) -> None:
        """Report that it is being done.

        Args:
            until: When it will be done, or the next report will come (aware).
        """
        await self._report(OrderState.IN_PROGRESS, until)

    async def _report(self, state: OrderState, until: datetime | None = None) -> None:
        report = _report(self.issued, state, until=until)
        await self._say(_draft(report, datetime.now(UTC)), self.envelope)


class OrderHandler(OrderSink[S]):
    """Carries orders out: a coroutine method ``do_<action>(order)`` for each action.

    How it ends is reported: it returns, and the order is done; it raises `Refused`, and the order
    is refused, as is one whose action has no method; it raises `AgencyUnavailable`, and it is
    called again later; it raises anything else, and the order has failed. That the order was
    received is reported first. A ``-`` in an action is a ``_`` in the method's name.
    """

    async def deliver(self, envelope: Envelope) -> Drafts:
        """Carry one order out; return the report of how it ended, or nothing if it was taken back.

        Raises:
            AgencyUnavailable: It cannot be done now; it is tried again.
            Expired: It was to be done until a moment that has passed.
        """
        order = cast("OrderIssued", envelope.data)
        first = self._kept(envelope, "received")
        received = first or self._keep(envelope, "received", _report(order, OrderState.RECEIVED))
        await self.say(received, envelope)
        if ended := self._kept(envelope, "ended"):
            return (ended,)  # carried out before a crash
        if not await self.holds(envelope):  # to say that it was received may have taken long
            return ()
        report = await self._carry_out(Order(order, envelope, self.say))
        return (self._keep(envelope, "ended", report),)

    async def _carry_out(self, order: Order) -> OrderReported:
        action, issued = order.issued.action, order.issued
        method = getattr(self, f"do_{action.replace('-', '_')}", None)
        if method is None:
            reason = f"{action} is not an action of this agency's system"
            return _report(issued, OrderState.REFUSED, reason=reason)
        try:
            await method(order)
        except Refused as refusal:
            return _report(issued, OrderState.REFUSED, reason=str(refusal) or "no reason given")
        except Unavailable:
            raise
        except Exception as error:
            log.exception("order_failed", adapter=self.settings.name, action=action)
            return _report(issued, OrderState.FAILED, reason=type(error).__name__)
        return _report(issued, OrderState.DONE)

    def _keep(self, envelope: Envelope, name: str, report: OrderReported) -> Draft:
        """Keep a report with its time, so that it is the same one after a crash."""
        moment = datetime.now(UTC)
        text = f"{moment.isoformat()} {report.model_dump_json(exclude_none=True)}"
        self.journal.write(f"order/{envelope.id}/{name}", text)
        self.journal.commit()
        return _draft(report, moment)

    def _kept(self, envelope: Envelope, name: str) -> Draft | None:
        text = self.journal.read(f"order/{envelope.id}/{name}")
        if text is None:
            return None
        moment, _, report = text.partition(" ")
        return _draft(OrderReported.model_validate_json(report), datetime.fromisoformat(moment))


def _report(
    order: OrderIssued,
    state: OrderState,
    *,
    until: datetime | None = None,
    reason: str | None = None,
) -> OrderReported:
    return OrderReported(
        order_id=order.order_id,
        incident_id=order.incident_id,
        state=state,
        until=until,
        reason=reason,
        reported_by=order.addressee.agency,
        unit_id=order.addressee.unit_id,
    )


def _draft(report: OrderReported, moment: datetime) -> Draft:
    return Draft(report, ("order", report.order_id, report.state), moment)
