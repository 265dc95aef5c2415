"""What goes wrong between a client and its broker, each as a way to break and a way to mend."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from faults.alarmed import CUT_OFF
from faults.credentials import Authority
from faults.talk import Talk
from liandong.bus.consumers import durable_name
from liandong.bus.jetstream import call
from liandong.bus.session import Session
from liandong.contracts import Lane
from liandong.contracts.system import AlarmName

Act = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Break:
    """One kind of fault.

    Attributes:
        begin: Breaks it.
        mend: Mends it after the outage; None where it is over at once, or the bus must mend it.
        cuts: Whether no message of the far end passes meanwhile.
        names: The alarms that name it; none where all is well again before one would be of use.
        at_once: Whether one must name it however short it is.
    """

    begin: Act
    mend: Act | None = None
    cuts: bool = False
    names: frozenset[AlarmName] = frozenset()
    at_once: bool = True


async def _freeze(talk: Talk) -> None:
    _signal(talk, signal.SIGSTOP)


async def _thaw(talk: Talk) -> None:
    _signal(talk, signal.SIGCONT)


def _signal(talk: Talk, number: signal.Signals) -> None:
    if pid := talk.broker.server.pid:
        os.kill(pid, number)


async def _swallow(talk: Talk) -> None:
    talk.line.partition()


async def _hold_answers(talk: Talk) -> None:
    talk.line.to_client.clear()


async def _hold_requests(talk: Talk) -> None:
    talk.line.to_server.clear()


async def _heal(talk: Talk) -> None:
    talk.line.heal()


async def _forget(talk: Talk) -> None:
    talk.line.forget_servers()


async def _reset(talk: Talk) -> None:
    talk.line.reset()


def _say(words: bytes) -> Act:
    async def say(talk: Talk) -> None:
        talk.line.say(words)

    return say


async def _raise_in_a_taker(talk: Talk) -> None:
    """Have what reads the socket call something that raises."""
    for session in await _sessions(talk):

        def fail(_: object) -> None:
            raise RuntimeError("a callback that fails")

        inbox = session.new_inbox()
        await session.subscribe(inbox, fail)
        await session.publish(inbox, b"")


async def _raise_in_a_handler(talk: Talk) -> None:
    talk.far.failing = 2


async def _delete_consumers(talk: Talk) -> None:
    near = talk.near.bus
    name = durable_name(talk.far.bus.agency, "ears")
    for lane in (Lane.EVENTS, Lane.ORDERS):
        stream = f"LD_LIVE_{lane.upper()}"
        await call(await near.lines.session(stream), f"CONSUMER.DELETE.{stream}.{name}")


async def _sessions(talk: Talk) -> list[Session]:
    return [await talk.far.bus.lines.session(f"LD_LIVE_{n}") for n in ("EVENTS", "ORDERS")]


BREAKS = {
    "frozen broker": Break(_freeze, _thaw, cuts=True, names=CUT_OFF, at_once=False),
    "swallowed both ways": Break(_swallow, _heal, cuts=True, names=CUT_OFF, at_once=False),
    "answers come late": Break(_hold_answers, _heal, cuts=True, names=CUT_OFF, at_once=False),
    "requests go late": Break(_hold_requests, _heal, cuts=True, names=CUT_OFF, at_once=False),
    "half open": Break(_forget, cuts=True, names=CUT_OFF),
    "reset": Break(_reset, names=CUT_OFF),
    "an error of the protocol": Break(
        _say(b"-ERR 'Unknown Protocol Operation'\r\n"), names=CUT_OFF
    ),
    "a stale connection": Break(_say(b"-ERR 'Stale Connection'\r\n"), names=CUT_OFF),
    "no protocol at all": Break(_say(b"\x00\xff nonsense\r\n"), names=CUT_OFF),
    "a refusal for nobody": Break(
        _say(b"-ERR 'Permissions Violation for Publish to \"ld.x\"'\r\n"),
        names=frozenset({AlarmName.NOT_PERMITTED}),
    ),
    "a callback that raises": Break(_raise_in_a_taker),
    "a handler that raises": Break(_raise_in_a_handler),
    "deleted consumers": Break(_delete_consumers, names=frozenset({AlarmName.CONSUMER_DELETED})),
}


def credential_breaks(authority: Authority, path: Path, lasts_s: float) -> dict[str, Break]:
    """Return the ways in which the far end's credentials expire while it is connected.

    Args:
        authority: Who admits it.
        path: Its credentials; written before it connects.
        lasts_s: How many seconds credentials hold.
    """
    expires = time.time() + lasts_s
    authority.admit(path, expires)

    def renew() -> None:
        nonlocal expires
        expires = max(time.time(), expires) + lasts_s
        authority.admit(path, expires)

    async def expire_renewed(talk: Talk) -> None:
        del talk
        moment = expires
        renew()
        await asyncio.sleep(moment - time.time())

    async def expire(talk: Talk) -> None:
        del talk
        await asyncio.sleep(expires - time.time())

    async def renew_late(talk: Talk) -> None:
        del talk
        renew()

    return {
        "credentials expired, renewed in time": Break(expire_renewed),
        "credentials expired, renewed late": Break(
            expire, renew_late, cuts=True, names=frozenset({AlarmName.CREDENTIALS_REFUSED})
        ),
    }
