"""Joint response: pure state machines, each with a thin runner on the bus.

A name is loaded with its module when somebody asks for it: a program that runs an adapter pays for
no desk.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liandong.response.book import Book, Shelf
    from liandong.response.concern import Changes, Concern, Move, Said, Say
    from liandong.response.desk import Desk
    from liandong.response.orders import ORDERS
    from liandong.response.pace import Pace
else:
    _HOMES = {
        "ORDERS": "orders",
        "Book": "book",
        "Changes": "concern",
        "Concern": "concern",
        "Desk": "desk",
        "Move": "concern",
        "Pace": "pace",
        "Said": "concern",
        "Say": "concern",
        "Shelf": "book",
    }

    def __getattr__(name: str) -> Any:
        """Load what is asked for."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return found


__all__ = ["ORDERS", "Book", "Changes", "Concern", "Desk", "Move", "Pace", "Said", "Say", "Shelf"]
