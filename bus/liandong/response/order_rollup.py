"""How orders stand, from the top down: feedback rolls up. Pure: no clock, no bus.

An order follows another one where it was issued by an agency that the other one asked, because of
it: its causation is the event that asked (the issue, or an escalation), or its correlation is the
other one's issue. So a city's order to a county, the county's to its stations and a station's to
its units are one tree, and whoever stands above sees all that lies below in one answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from liandong.response.order_state import Order

_DEEPEST = 20


@dataclass(frozen=True)
class Node:
    """An order and those that follow from it.

    Attributes:
        order: The order.
        below: Those that follow directly, as they are sorted.
    """

    order: Order
    below: tuple["Node", ...] = ()

    @cached_property
    def all(self) -> tuple[Order, ...]:
        """The order and everything below it, from the top down."""
        return (self.order, *(order for node in self.below for order in node.all))

    @property
    def open(self) -> bool:
        """Whether anything of it has not ended, or ended with a person who must decide."""
        return any(not order.ended or order.needs_a_person for order in self.all)


@dataclass(frozen=True)
class RollUp:
    """How orders stand together.

    Attributes:
        trees: The orders that follow from none of the others, each with all below it; first those
            that need a person, then those whose answer is due soonest.
        phases: How many stand in which phase (`Order.phase`).
        open: How many have not ended.
        overdue: How many wait for an answer that was due before now.
        needs_a_person: How many came to nothing, and a person must decide.
    """

    trees: tuple[Node, ...]
    phases: dict[str, int]
    open: int
    overdue: int
    needs_a_person: int


def roll_up(
    orders: Iterable[Order],
    now: datetime,
    *,
    incident: str = "",
    below: str = "",
    only_open: bool = False,
) -> RollUp:
    """Return how orders stand, from the top down.

    Args:
        orders: All that are known.
        now: The moment against which deadlines are held.
        incident: Only those that serve it.
        below: Only what this agency (``region/kind/name``) ordered, and what follows from that.
        only_open: Only what has not ended, or needs a person; with everything above and below.
    """
    served = [o for o in orders if not incident or o.order.incident_id == incident]
    trees = _forest(sorted(served, key=lambda order: _rank(order, now)))
    if below:
        trees = tuple(_issued_by(below, trees))
    if only_open:
        trees = tuple(tree for tree in trees if tree.open)
    shown = [order for tree in trees for order in tree.all]
    return RollUp(
        trees,
        dict(sorted(Counter(str(order.phase) for order in shown).items())),
        sum(not order.ended for order in shown),
        sum(is_late(order, now) for order in shown),
        sum(order.needs_a_person for order in shown),
    )


def is_late(order: Order, now: datetime) -> bool:
    """Say whether an answer to an order was due before now and has not come."""
    return any(answer.due < now for answer in order.unanswered())


def _rank(order: Order, now: datetime) -> tuple[bool, bool, float, float]:
    """Return what to sort by, so that the one to look at comes first."""
    due = [answer.due.timestamp() for answer in order.unanswered()]
    soonest = min(due, default=now.timestamp() + 1e9)
    return not order.needs_a_person, order.ended, soonest, -order.issued.time.timestamp()


def _forest(orders: list[Order]) -> tuple[Node, ...]:
    """Return the trees that orders make: each stands in it once, whatever its causation claims."""
    above = _superiors(orders)
    followers: dict[str, list[Order]] = {}
    for order in orders:
        if upper := above.get(order.order.order_id):
            followers.setdefault(upper, []).append(order)

    def grown(order: Order) -> Node:
        below = followers.get(order.order.order_id, [])
        return Node(order, tuple(grown(one) for one in below))

    return tuple(grown(order) for order in orders if order.order.order_id not in above)


def _superiors(orders: list[Order]) -> dict[str, str]:
    """Return which order each one follows, as far as it does; nobody follows themselves."""
    asked = {event: order for order in orders for event in _asking_events(order)}
    issued = {order.issued.id: order for order in orders}
    above: dict[str, str] = {}
    for order in sorted(orders, key=lambda order: order.issued.time):
        cause, whole = order.issued.causation, order.issued.correlation
        upper = asked.get(cause or "") or issued.get(whole or "")
        if upper and _passed_down(upper, order) and _may_follow(upper, order, above):
            above[order.order.order_id] = upper.order.order_id
    return above


def _asking_events(order: Order) -> Iterator[str]:
    yield order.issued.id
    yield from (step.id for step in (*order.steps, *order.in_vain))


def _passed_down(upper: Order, order: Order) -> bool:
    return str(order.issued.source) in {asked.agency for asked in upper.asked}


def _may_follow(upper: Order, order: Order, above: dict[str, str]) -> bool:
    """Say whether one may stand below another: ids are whatever their senders say.

    Nobody becomes their own superior, and no tree is deeper than levels of command ever are.
    """
    name: str | None = upper.order.order_id
    for _ in range(_DEEPEST):
        if name in (None, order.order.order_id):
            return name is None
        name = above.get(name or "")
    return False


def _issued_by(agency: str, trees: Iterable[Node]) -> Iterator[Node]:
    """Yield the topmost orders of an agency, with all below them."""
    for tree in trees:
        if str(tree.order.issued.source) == agency:
            yield tree
        else:
            yield from _issued_by(agency, tree.below)
