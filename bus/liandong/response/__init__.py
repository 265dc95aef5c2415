"""Joint response: pure state machines, each with a thin runner on the bus."""

from liandong.response.order_desk import OrderDesk
from liandong.response.orders import Changes, Order, Overdue, decide

__all__ = ["Changes", "Order", "OrderDesk", "Overdue", "decide"]
