"""Joint response: pure state machines, each with a thin runner on the bus."""

from liandong.response.book import Book, Shelf
from liandong.response.concern import Changes, Concern, Move, Said, Say
from liandong.response.desk import Desk
from liandong.response.orders import ORDERS
from liandong.response.pace import Pace

__all__ = ["ORDERS", "Book", "Changes", "Concern", "Desk", "Move", "Pace", "Said", "Say", "Shelf"]
