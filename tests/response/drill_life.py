"""A drill's life: clocks are set, people react, directors are killed, lanes come in any order."""

from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from liandong.contracts import (
    Addressee,
    Agency,
    Envelope,
    Event,
    ExerciseClockSet,
    ExerciseEnded,
    ExerciseInjected,
    IncidentReported,
    Lane,
    OrderIssued,
    OrderReported,
)
from liandong.response import Move
from liandong.response.drill_evaluation import results
from response.drill_plays import AREA, COMMAND, FIRE, POLICE, scenario

START = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
DIRECTOR, STRANGER = Agency("lz", "centre", "desk"), Agency("xx", "fire", "119")
SCENARIO = scenario()
AT = {"smoke": 60, "more": 300}  # seconds of the scenario
WITHIN = {"order": 180, "accept": 240}
AFTER = [30, 390]  # the second answer waits for the first
LASTS = 1200


@cache
def order(number: int) -> OrderIssued:
    """Return an order to the fire service."""
    return OrderIssued(
        order_id=f"o-{number}",
        addressee=Addressee(agency=FIRE),
        action="dispatch",
        issued_by="commander",
    )


class Life(RuleBasedStateMachine):
    """The director looks whenever it likes, and may be killed before it has said anything."""

    module: ModuleType
    moves: set[Move]
    play: Any

    @initialize(speed=st.sampled_from([1, 60]))
    def begin(self, speed: int) -> None:
        """Begin the drill."""
        self.now, self.elapsed, self.speed = 0, 0, speed
        self.log: list[Envelope] = []
        self.drill: Any = None
        self.reacted: dict[str, list[int]] = {"order": [], "accept": []}
        self.played: dict[str, int] = {}
        self.orders, self.ends = 0, list[ExerciseEnded]()
        self._say(self.module.start_of(self.play, DIRECTOR, START, speed), DIRECTOR)

    @rule(seconds=st.sampled_from([1, 2, 3, 30, 400]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds
        self.elapsed += seconds * self.speed

    @rule(killed=st.sampled_from([None, None, 0, 1]))
    def look(self, killed: int | None) -> None:
        """Say what is due, up to where the director is killed; the rest stays due."""
        over = bool(self.ends)
        changes = self.module.decide(self.drill, None, self._moment(), self.play)
        assert changes.due is None or changes.due > self._moment()
        assert not (over and changes.say), "after its end a drill says nothing"
        idle = not changes.say and self.speed and not over
        assert changes.due or not idle, "what runs has an end to wait for"
        for say in changes.say[:killed]:
            assert say.time <= self._moment(), "nothing is said before its time"
            by = say.speaker or DIRECTOR
            cause = {"causation": say.cause.id, "id": self.play.event_id(say.about)}
            self._say(say.event, by, say.time, **cause)
        if killed is None:
            again = self.module.decide(self.drill, None, self._moment(), self.play).say
            late = [say for say in again if say.time < say.cause.time]
            assert late == []

    @precondition(lambda self: not self.ends)
    @rule(speed=st.sampled_from([0, 1, 60]))
    def set_clock(self, speed: int) -> None:
        """Set the clock, having looked: what was due is said."""
        self._settle()
        if not self.ends:
            self._say(self._setting(speed), DIRECTOR)
            self.speed = speed

    @precondition(lambda self: not self.ends)
    @rule(paused=st.booleans())
    def stop(self, *, paused: bool) -> None:
        """Break the drill off, having looked; what may still come is not judged."""
        self._settle()
        if paused and not self.ends:
            self._say(self._setting(0), DIRECTOR)
            self.speed = 0
        if not self.ends:
            stopped = ExerciseEnded(
                exercise_id="d-1",
                started=START,
                ended=self._moment(),
                ending="stopped",
                reason="it rains",
                results=results(self.drill, self._moment()),
            )
            self._say(stopped, DIRECTOR)

    @rule(speed=st.sampled_from([0, 60]))
    def set_anothers_clock(self, speed: int) -> None:
        """Nobody else sets the clock, and nobody after the end."""
        before = self.drill
        self._say(self._setting(speed), DIRECTOR if self.ends else STRANGER)
        assert self.drill == before

    @rule()
    def order(self) -> None:
        """The commander orders engines."""
        self.orders += 1
        self._react("order")
        self._say(order(self.orders), Agency.parse(COMMAND))

    @rule(state=st.sampled_from(["accepted", "seen"]), by=st.sampled_from([FIRE, POLICE]))
    def report(self, state: str, by: str) -> None:
        """Somebody says how far an order is."""
        if (state, by) == ("accepted", FIRE):
            self._react("accept")
        report = OrderReported(order_id="o-0", state=state, reported_by="station")
        self._say(report, Agency.parse(by))

    @rule(first=st.sampled_from([Lane.ORDERS, Lane.EVENTS]))
    def restart(self, first: Lane) -> None:
        """Start again from the log: the lanes come one after the other."""
        again = None
        for event in sorted(self.log, key=lambda e: e.data.lane is not first):
            again = self.module.decide(again, event, event.time, self.play).state
        assert again is not None
        assert self._shown(again) == self._shown(self.drill)

    @invariant()
    def an_inject_is_played_once_and_not_before_its_time(self) -> None:
        """By the drill's own clock."""
        injects = [e.data for e in self.log if isinstance(e.data, ExerciseInjected)]
        names = [inject.inject_id for inject in injects]
        assert len(set(names)) == len(names)
        for name, elapsed in self.played.items():
            assert AT[name] <= elapsed

    @invariant()
    def what_an_inject_consists_of_is_said_before_it_and_once(self) -> None:
        """And it names it."""
        reported = [e.id for e in self.log if isinstance(e.data, IncidentReported)]
        assert len(set(reported)) <= 1
        if "smoke" in self.played:
            (inject,) = (i for _, i in self.drill.injects() if i.inject_id == "smoke")
            assert set(inject.event_ids) == set(reported)

    @invariant()
    def a_role_that_nobody_plays_answers_each_order(self) -> None:
        """First seen, then accepted, each once."""
        for event in self.log:
            if isinstance(event.data, OrderIssued):
                said = {e.id: e for e in self.log if e.causation == event.id}
                states = [e.data.state.value for e in said.values()]
                assert states == ["seen", "accepted"][: len(states)]
                assert {str(e.source) for e in said.values()} <= {FIRE}
                ordered = self.drill.scenario_time(event.time)
                after = [self.drill.scenario_time(e.time) - ordered for e in said.values()]
                assert [round(one.total_seconds()) for one in after] == AFTER[: len(after)]

    @invariant()
    def it_ends_once_and_is_judged_by_what_came(self) -> None:
        """Reactions are held against the scenario's time."""
        assert len({end.model_dump_json() for end in self.ends}) <= 1
        for end in self.ends:
            found = {one.reaction_id: one.outcome.value for one in end.results}
            assert found == self.judged

    @invariant()
    def its_phase_is_that_of_its_clock(self) -> None:
        """Running, paused, or over."""
        running = "running" if self.speed else "paused"
        assert self.drill.phase == ("ended" if self.ends else running)
        if self.ends:
            ends = self.drill.ended.time + timedelta(days=7)
            assert self.module.decide(self.drill, None, ends, self.play).state is None
            assert self.module.decide(self.drill, None, ends - timedelta(1), self.play).due == ends
            self.moves.add(Move("ended", "7 days", ""))

    def teardown(self) -> None:
        """In the end every inject was played, every order answered, and the drill is over."""
        if getattr(self, "drill", None) is None or self.ends:
            return
        self._settle()
        if not self.speed and not self.ends:
            self._say(self._setting(60), DIRECTOR)
            self.speed = 60
        self.now += LASTS
        self.elapsed += LASTS * self.speed
        self._settle()
        assert self.ends
        assert self.played.keys() == AT.keys()

    def _settle(self) -> None:
        """Look until nothing is due: that is so after some looks."""
        for _ in range(9):
            if not self.module.decide(self.drill, None, self._moment(), self.play).say:
                return
            self.look(None)
        raise AssertionError("there is no end of what is due")

    def _setting(self, speed: int) -> ExerciseClockSet:
        moment = SCENARIO.begins + timedelta(seconds=self.elapsed)
        return ExerciseClockSet(exercise_id="d-1", scenario_time=moment, speed_factor=speed)

    def _react(self, name: str, elapsed: int | None = None) -> None:
        if not self.ends:
            self.reacted[name].append(self.elapsed if elapsed is None else elapsed)

    def _moment(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def _shown(self, drill: Any) -> Any:
        injects = {inject.inject_id for _, inject in drill.injects()}
        return drill.phase, injects, drill.clock, drill.ended, self._pending(drill)

    def _pending(self, drill: Any) -> Any:
        later = self._moment() + timedelta(days=1)
        return {(s.about, s.time) for s in self.module.decide(drill, None, later, self.play).say}

    def _say(self, data: Event, by: Agency, time: datetime | None = None, **more: Any) -> None:
        fields = {"time": time or self._moment(), "mode": "exercise", "area": AREA} | more
        event = Envelope(source=by, data=data, **fields)
        before = self.drill.phase if self.drill else ""
        for thread in self.module.drills(self.play).threads(event):
            assert thread == "d-1"
            self.drill = self.module.decide(self.drill, event, event.time, self.play).state
        self.log.append(event)
        after = self.drill.phase
        if before != after:
            self.moves.add(Move(before, data.event, after))
        self._note(event, before)

    def _note(self, event: Envelope, before: str) -> None:
        """Write down what the drill said, as a person who watches the clock would."""
        shown = self.drill.scenario_time(event.time) - SCENARIO.begins
        elapsed = round(shown.total_seconds())  # clocks tell microseconds
        match event.data:
            case ExerciseInjected(inject_id=name):
                self.played[name] = elapsed
            case OrderReported() if event.causation and event.data.state == "accepted":
                self._react("accept", elapsed)
            case ExerciseEnded() as end if before != "ended":
                self.ends.append(end)
                self.judged = self._judged(stopped=end.reason is not None)
                came = set(self.judged.values()) <= {"met", "late"} and len(self.judged) > 1
                assert end.reason or came or elapsed >= LASTS, "it ends before its time"

    def _judged(self, *, stopped: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        for inject, reaction in (("smoke", "order"), ("more", "accept")):
            if inject in self.played:
                after = [t for t in self.reacted[reaction] if t >= AT[inject]]
                first = min(after, default=None)
                late = first is not None and first - AT[inject] > WITHIN[reaction]
                open_ = stopped and self.elapsed - AT[inject] <= WITHIN[reaction]
                if first is not None or not open_:
                    found[reaction] = "missed" if first is None else "late" if late else "met"
        return found


def machine(module: ModuleType, moves: set[Move]) -> type[RuleBasedStateMachine]:
    """Return the life of a drill, as decided by a module.

    Args:
        module: `drills`, or a mutant of it.
        moves: Takes the moves that were seen.
    """
    play = module.Play(SCENARIO, "d-1")
    return type("LifeOf", (Life,), {"module": module, "moves": moves, "play": play})
