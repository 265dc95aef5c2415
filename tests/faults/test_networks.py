"""A cut line lets nothing through, however it is cut; healed, it lets everything through again."""

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from faults.facts import AREA, SPOKEN, reported
from faults.networks import CUTS, Line, line
from faults.row import NotRun
from liandong.bus import Server, connect
from liandong.contracts import TransportError
from needs import miss

_CUT_S = 0.5


@pytest.fixture
def cable() -> Iterator[Line]:
    """Make two sites and a line between them."""
    try:
        with line() as made:
            yield made
    except NotRun as lack:
        miss(str(lack))


@pytest.mark.parametrize("how", CUTS)
async def test_what_is_sent_into_a_cut_is_unknown_and_sent_again_is_one_event(
    cable: Line, how: str, tmp_path: Path
) -> None:
    """Not confirmed while the line is cut; once it is healed, there once."""
    server = Server(tmp_path, host=cable.far.address)
    with cable.far.entered():
        await server.start()
    with cable.near.entered():
        async with await connect(servers=(server.url,)) as bus:
            await bus.apply()
            envelope = bus.envelope(reported("lz-1", 1), area=AREA)
            cable.cut(how)
            with pytest.raises(TransportError):
                await bus.send(envelope, within=_CUT_S)
            cable.heal()
            await bus.send(envelope)
            async with aclosing(bus.history(SPOKEN)) as entries:
                held = [entry.envelope async for entry in entries]
    await server.kill()
    assert held == [envelope]


@pytest.mark.usefixtures("cable")
def test_nothing_is_left_of_a_line() -> None:
    """The sites are gone with the block, also after an exception; others beside it stay."""
    with pytest.raises(ZeroDivisionError), line() as made:
        raise ZeroDivisionError
    assert not Path("/run/netns", made.near.name).exists()
    assert not Path("/run/netns", made.far.name).exists()
