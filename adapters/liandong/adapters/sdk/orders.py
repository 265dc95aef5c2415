"""Orders on their way out: what every sink of them shares."""

from datetime import UTC, datetime
from typing import TypeVar

from liandong.adapters.sdk.adapter import Settings, Sink
from liandong.adapters.sdk.document import Draft
from liandong.contracts import Envelope, OrderIssued, OrderReported, OrderState

S = TypeVar("S", bound=Settings)


class OrderSink(Sink[S]):
    """Delivers the orders that are for this agency, its own command's too."""

    handles = (OrderIssued,)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether the order is addressed to this agency."""
        order = envelope.data
        return isinstance(order, OrderIssued) and order.addressee.agency == str(
            self.settings.agency
        )


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
