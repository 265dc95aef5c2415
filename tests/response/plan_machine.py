"""Plans at work under anything that people, agencies and desks may do, in any order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liandong.contracts import (
    Agency,
    CommandLevelEnded,
    CommandPostClosed,
    Envelope,
    Lane,
    OrderCancelled,
    OrderState,
    ResponseGrade,
)
from liandong.response.concern import Changes, Say
from liandong.response.plan_library import rank
from liandong.response.plan_state import PlansAtWork
from liandong.response.plans import phase
from response.plan_parts import (
    DESK,
    FIRE,
    II,
    III,
    INCIDENT,
    IV,
    POLICE,
    SMALL,
    I,
    activation,
    answer,
    at,
    cleared,
    end,
    fact,
    heard,
    said,
    turn,
)

Decide = Callable[[PlansAtWork | None, Envelope | None, Any], Changes[PlansAtWork]]
Moves = set[tuple[str, str, str]]

_GRADES = st.sampled_from([I, II, III, IV])
_STATES = st.sampled_from([s for s in OrderState if s is not OrderState.OVERDUE])
_BEGUN = {OrderState.ACCEPTED, OrderState.IN_PROGRESS, OrderState.DONE, OrderState.FAILED}
_ORDERS = {order.id for order in SMALL.orders}
_ROUNDS = 3  # what is said may call for more, but not for ever
_GRACE_S = 0.25  # a desk looks at things as they were a little before
_WEEK_S = 7 * 86_400
_ENDING = CommandLevelEnded | CommandPostClosed | OrderCancelled


@dataclass
class Life:
    """What an activation should be, kept the simplest way.

    Attributes:
        levels: Its levels and from when each holds, in the order in which they were said.
        ends: From when it is over, said once or more.
        is_ended: Whether the end of its response was said.
    """

    levels: list[tuple[float, ResponseGrade]]
    ends: list[float] = field(default_factory=list[float])
    is_ended: bool = False

    def level(self, now: float) -> ResponseGrade:
        """Return the level that holds."""
        return [level for since, level in self.levels if since <= now][-1]

    def over(self, now: float) -> bool:
        """Say whether it is over."""
        return any(since <= now for since in self.ends)


def _item(name: str) -> str:
    return name.split("--")[1].partition(" ")[0]


class PlanLife(RuleBasedStateMachine):
    """One incident, one plan, and everyone who has to do with it.

    Attributes:
        decide: What is to be shown.
        seen: Every move that was seen.
    """

    decide: ClassVar[Decide]
    seen: ClassVar[Moves]

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.log: list[Envelope] = []
        self.state: PlansAtWork | None = None
        self.lives: dict[str, Life] = {}
        self.said: list[str] = []
        self.cancelled: set[str] = set()
        self.begun: set[str] = set()
        self.withdrawn: set[str] = set()
        self.phases: dict[str, str] = {}
        self.looked: tuple[PlansAtWork | None, float] = (None, 0.0)
        self.owed: tuple[Say, ...] = ()

    @initialize(level=_GRADES, works=st.booleans())
    def begin(self, level: ResponseGrade, works: bool) -> None:  # noqa: FBT001  drawn
        """A person activates the plan; a desk is there, or not yet."""
        self.activate(level=level, number=1)
        if works:
            self.work()

    @rule(level=_GRADES, number=st.integers(1, 2))
    def activate(self, level: ResponseGrade, number: int) -> None:
        """A person activates the plan, perhaps once more."""
        self.now += 1  # no two things happen in the same moment
        event = activation(level, self.now, number=number)
        named = fact(event).activation_id
        goes_on = any(not life.is_ended for life in self.lives.values())
        if named not in self.lives and not goes_on:
            self.lives[named] = Life([(self.now, level)])
        self._take(event, "plan.activated")

    @precondition(lambda self: self.lives)
    @rule(to=_GRADES, ahead=st.sampled_from([0, 20]))
    def change(self, to: ResponseGrade, ahead: float) -> None:
        """A person raises or lowers the response, perhaps from a later moment on."""
        before = II if to is I else I
        event = turn(self._state(), to, self.now, before=before, ahead=ahead)
        life = self._latest()
        if not life.is_ended:
            life.levels.append((self.now + ahead, to))
        self._take(event, "command.level_changed")

    @precondition(lambda self: self.lives)
    @rule(ahead=st.sampled_from([0, 20]))
    def end(self, ahead: float) -> None:
        """A person ends the response, perhaps from a later moment on."""
        life = self._latest()
        life.ends += [] if life.is_ended else [self.now + ahead]
        life.is_ended = True
        self._take(end(self._state(), self.now, ahead=ahead), "command.level_ended")

    @precondition(lambda self: self.lives)
    @rule()
    def clear(self) -> None:
        """The incident is over."""
        for life in self.lives.values():
            life.ends.append(self.now)
        self._take(cleared(self.now), "incident.cleared")

    @precondition(lambda self: self.state and self.state.tasks)
    @rule(data=st.data(), state=_STATES, by=st.sampled_from([None, None, FIRE, POLICE]))
    def report(self, data: st.DataObject, state: OrderState, by: Agency | None) -> None:
        """Somebody reports of an order; mostly who has it."""
        tasks = self._state().tasks
        order_id = data.draw(st.sampled_from(sorted(tasks)))
        agency = Agency.parse(tasks[order_id].addressee.agency)
        if state in _BEGUN and by in {None, agency}:
            self.begun.add(order_id)
        self._take(answer(order_id, state, self.now, by=by or agency), "order.reported")

    @precondition(lambda self: self.state and self.state.tasks)
    @rule()
    def boast(self) -> None:
        """Somebody accepts everything, and has been asked for nothing."""
        for order_id in self._state().tasks:
            self._take(answer(order_id, OrderState.ACCEPTED, self.now, by=DESK), "order.reported")

    @precondition(lambda self: self.state and self.state.tasks)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """A person takes an order back."""
        tasks = self._state().tasks
        order_id = data.draw(st.sampled_from(sorted(tasks)))
        event = OrderCancelled(
            order_id=order_id,
            incident_id=INCIDENT,
            addressees=tasks[order_id].reached,
            cancelled_by="commander",
            reason="not needed",
        )
        self.withdrawn.add(order_id)
        self._take(said(event, self.now, DESK), "order.cancelled")

    @precondition(lambda self: self.lives)
    @rule()
    def lower_and_raise_again(self) -> None:
        """The response is lowered, and once that is carried out raised again."""
        for level in (IV, II):
            self.change(to=level, ahead=0)
            self.work()

    @rule()
    def work(self) -> None:
        """A desk says all that is owed."""
        for _ in range(_ROUNDS):
            self._say(self._owed())
        assert not self._owed(), "there is always more to say"
        for named, life in self.lives.items():
            orders = [about for about in self.said if about.startswith(f"{named}--")]
            if not life.over(self.now):
                self._check_complete(named, life, orders)
            self._check_withdrawn(life, orders)

    @rule(count=st.integers(1, 4))
    def work_and_die(self, count: int) -> None:
        """A desk says some of what is owed, and is killed."""
        self._say(self._owed()[:count])

    @precondition(lambda self: self.lives)
    @rule()
    def lower_from_later_on_while_no_desk_is_there(self) -> None:
        """What was nearly all said is called for no more, before a desk comes back."""
        self._say(self._owed()[:-1])
        self.change(to=IV, ahead=20)
        self.wait(seconds=30)

    @precondition(lambda self: self.log)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """The log tells something of the desk's twice, as two desks may."""
        own = [event for event in self.log if event.source == DESK]
        if own:
            event = data.draw(st.sampled_from(own))
            assert self.decide(self.state, event, at(self.now)).state == self.state

    @rule(seconds=st.sampled_from([5, 30]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        looked = self.decide(self.state, None, at(self.now - _GRACE_S))
        self._pass(seconds)
        if {say.about for say in self._owed()} - {say.about for say in looked.say}:
            assert looked.due, "nobody would look again"
            assert looked.due <= at(self.now), "it is looked at too late"

    @precondition(lambda self: self.state)
    @rule()
    def wait_long(self) -> None:
        """A week passes; what is over is forgotten."""
        self._pass(60)
        state = self.decide(self.state, None, at(self.now + _WEEK_S)).state
        assert (state is None) == all(life.over(self.now) for life in self.lives.values())
        if state:
            self._pass(_WEEK_S)
        else:
            self.seen.update((phase, "7 days", "") for phase in self.phases.values())
            self.__init__()
            self.begin(level=II, works=True)

    @rule()
    def start_again(self) -> None:
        """A desk starts again from the log; its lanes may come in any order."""
        assert self._folded(self.log) == self.state
        by_lane = sorted(self.log, key=lambda event: event.data.lane is not Lane.ORDERS)
        assert self._folded(by_lane) == self.state
        state = self._folded(sorted(by_lane, key=lambda event: event.data.lane is Lane.ORDERS))
        again = self.decide(state, None, at(self.now)).say if state else ()
        assert not {say.about for say in again} & set(self.said)

    @invariant()
    def an_ended_plan_orders_nothing_more(self) -> None:
        """Once it is over it only cancels and closes."""
        for say in self._owed():
            named = say.about.partition("--")[0].partition(" ")[0]
            if self.lives[named].over(self.now):
                assert isinstance(say.event, _ENDING), say.about

    @invariant()
    def nothing_is_said_that_no_level_called_for(self) -> None:
        """What is owed holds at the level that holds now."""
        for say in self._owed():
            if "--" in say.about and not isinstance(say.event, _ENDING):
                level = self.lives[say.about.partition("--")[0]].level(self.now)
                assert _holds(_item(say.about), level), say.about

    @invariant()
    def only_what_a_step_down_left_behind_is_cancelled(self) -> None:
        """While a plan works it cancels only orders of graver levels; nothing begun, ever."""
        for say in self._owed():
            if isinstance(say.event, OrderCancelled):
                order_id = say.event.order_id
                assert order_id not in self.begun, order_id
                life = self.lives[order_id.partition("--")[0]]
                left = _mildest(_item(order_id)) < rank(life.level(self.now))
                assert life.over(self.now) or left

    @invariant()
    def nothing_is_ordered_twice(self) -> None:
        """An item has one order, besides those that a step down took back."""
        for named in self.lives:
            orders = [o for o in self.said if o.startswith(f"{named}--") and " " not in o]
            standing = [_item(order) for order in orders if order not in self.cancelled]
            assert len(set(standing)) == len(standing)

    def _pass(self, seconds: float) -> None:
        before = {name: life.over(self.now) for name, life in self.lives.items()}
        self.now += seconds
        for name, life in self.lives.items():
            ends = life.over(self.now) and not before[name]
            self._note(name, "its end begins to hold" if ends else "its level begins to hold")

    def _take(self, event: Envelope, on: str) -> None:
        self._fold(event)
        self._note_all(on)

    def _fold(self, event: Envelope) -> None:
        self.log.append(event)
        self.state = self.decide(self.state, event, at(self.now)).state

    def _note_all(self, on: str) -> None:
        for name in self.lives:
            self._note(name, on)

    def _owed(self) -> tuple[Say, ...]:
        if self.state is None:
            return ()
        if self.looked[0] is not self.state or self.looked[1] != self.now:
            self.looked = (self.state, self.now)
            self.owed = self.decide(self.state, None, at(self.now)).say
        return self.owed

    def _say(self, owed: tuple[Say, ...]) -> None:
        for say in owed:
            assert say.about not in self.said, say.about
            assert say.time <= at(self.now), say.about
            self.said.append(say.about)
            if isinstance(say.event, OrderCancelled):
                life = self.lives[say.about.partition("--")[0]]
                self.cancelled |= set() if life.over(self.now) else {say.event.order_id}
            if isinstance(say.event, CommandLevelEnded):
                self.lives[say.event.response_id].is_ended = True
        for say in owed:
            self._fold(heard(say))
        self._note_all("everything is said")

    def _check_complete(self, named: str, life: Life, said: list[str]) -> None:
        level = life.level(self.now)
        issued = {about for about in said if " " not in about}
        standing = {_item(about) for about in issued - self.cancelled}
        assert standing >= {item.id for item in SMALL.items if item.holds_at(level)}
        assert f"{named} level" in self.said

    def _check_withdrawn(self, life: Life, said: list[str]) -> None:
        """What nobody has accepted is cancelled where its level has passed, or all is over."""
        level = life.level(self.now)
        for about in said:
            left = _item(about) in _ORDERS and _mildest(_item(about)) < rank(level)
            over = _item(about) in _ORDERS and life.over(self.now)
            if " " not in about and about not in self.begun | self.withdrawn and (left or over):
                assert f"{about} cancelled" in said, about

    def _note(self, name: str, on: str) -> None:
        state = self._state()
        one = next(one for one in state.activations if one.fact.activation_id == name)
        before, after = self.phases.get(name, ""), phase(one, SMALL, self._owed(), at(self.now))
        self.phases[name] = after
        if (before, after) == ("issuing", "running"):
            on = "everything is said"  # or called for no more, whatever came last
        if before != after:
            self.seen.add((before, on, after))

    def _latest(self) -> Life:
        return self.lives[self._state().activations[-1].fact.activation_id]

    def _state(self) -> PlansAtWork:
        assert self.state
        return self.state

    def _folded(self, log: list[Envelope]) -> PlansAtWork | None:
        state = None
        for event in log:
            state = self.decide(state, event, event.time).state
        return state


def machine(decide: Decide, moves: Moves | None = None) -> type[PlanLife]:
    """Return the machine that shows whether something decides rightly on plans at work.

    Args:
        decide: What is to be shown.
        moves: Where every move that was seen is added.
    """
    own = {"decide": staticmethod(decide), "seen": set() if moves is None else moves}
    return type("PlansLife", (PlanLife,), own)


def _holds(item_id: str, level: ResponseGrade) -> bool:
    return any(item.id == item_id and item.holds_at(level) for item in SMALL.items)


def _mildest(item_id: str) -> int:
    items = [item for item in SMALL.items if item.id == item_id]
    return max(rank(g) for item in items for g in item.grades or SMALL.trigger.grades)
