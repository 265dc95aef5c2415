"""Orders to a police CAD: one CSV file each, dropped into its folder.

Standard: CSV (RFC 4180), UTF-8. Direction: out. A file appears whole under its name, and is durable
before the order is reported as received. The CAD's answers come in by `cad`.
Not carried: the line of succession (``next_in_line``), which the bus sees to. An order that it
passes on to this agency is dropped like one issued to it.
"""

from datetime import datetime
from pathlib import Path
from typing import cast

from liandong.adapters.codecs.table import write_table
from liandong.adapters.sdk.adapter import Settings
from liandong.adapters.sdk.document import Draft
from liandong.adapters.sdk.folder import drop
from liandong.adapters.sdk.orders import OrderSink, receipt
from liandong.contracts import AgencyUnavailable, Envelope, OrderIssued

COLUMNS = (
    "order_id",
    "mode",
    "incident_id",
    "unit_id",
    "action",
    "action_text",
    "instructions",
    "longitude",
    "latitude",
    "address",
    "issued_by",
    "issued",
    "receipt_by",
    "accept_by",
    "complete_by",
    "event_id",
)
"""What an order's file holds, in this order; times are ISO 8601 with their offset."""


class CadOrderSettings(Settings):
    """Where the CAD looks for orders."""

    folder: Path
    """The folder; it is made where it is missing."""


class CadOrders(OrderSink[CadOrderSettings]):
    """Drops each order for this agency where its CAD looks for orders."""

    settings_type = CadOrderSettings

    async def deliver(self, envelope: Envelope) -> tuple[Draft]:
        """Drop one order; the same one again replaces the file by an equal one.

        Raises:
            AgencyUnavailable: The folder cannot be written.
        """
        order = cast("OrderIssued", envelope.data)
        body = write_table(COLUMNS, [_row(order, envelope)])
        try:
            drop(self.settings.folder, f"{order.order_id}-{envelope.id[:8]}.csv", body)
        except OSError as error:
            raise AgencyUnavailable(f"orders folder {self.settings.folder}: {error}") from None
        return (receipt(order, "CAD order folder"),)


def _row(order: OrderIssued, envelope: Envelope) -> list[str]:
    place = order.location
    longitude, latitude = place.point.coordinates if place and place.point else ("", "")
    values = (
        order.order_id,
        envelope.mode.value,
        order.incident_id,
        order.addressee.unit_id,
        order.action,
        order.action_text,
        order.instructions,
        longitude,
        latitude,
        place and (place.address or place.place),
        order.issued_by,
        envelope.time.isoformat(),
        *(moment and moment.isoformat() for moment in _deadlines(order)),
        envelope.id,
    )
    return ["" if value is None else str(value) for value in values]


def _deadlines(order: OrderIssued) -> tuple[datetime | None, ...]:
    return order.receipt_by, order.accept_by, order.complete_by
