"""The kit passes what is right, and each misdeed fails exactly the checks that are about it."""

import inspect
import socket
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
from hostile import LINES, Tame

from liandong.adapters.sdk.conformance import conformance
from liandong.bus import Bus
from liandong.contracts import Addressee, Agency, Envelope, OrderIssued

AGENCY = "lz/municipal/works"


def _order(action: str) -> Envelope:
    """Return an order to the adapter."""
    order = OrderIssued(
        order_id=action,
        addressee=Addressee(agency=AGENCY),
        action=action,
        issued_by="duty officer",
    )
    return Envelope(source=Agency.parse("lz/centre/desk"), area="lz.1", data=order)


def _kit(adapter: type[Tame]) -> type:
    """Return the adapter's tests, all of them."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return conformance(
        adapter,
        {"agency": AGENCY},
        fixtures=LINES,
        events=[_order("work"), _order("nothing"), _order("fly")],
        down={"agency": AGENCY, "port": port},
    )


TestTame = _kit(Tame)


async def _failing(kit: type, bus: Bus, tmp_path: Path) -> Iterator[int]:
    """Return the numbers of the checks that fail."""
    failing = set()
    for name in dir(kit):
        if not name.startswith("test_"):
            continue
        check = getattr(kit(), name)
        own = tmp_path / name
        own.mkdir()
        offered = {"bus": bus, "tmp_path": own}
        try:
            result = check(**{n: offered[n] for n in inspect.signature(check).parameters})
            if inspect.isawaitable(result):
                await result
        except Exception:  # noqa: BLE001  a check fails in whichever way it fails
            failing.add(int(name.split("_")[1]))
    return failing


@pytest.mark.parametrize(
    ("misdeed", "caught_by"),
    [
        (hostile.NamesNoContract, {1}),
        (hostile.EmitsAnother, {1, 10}),  # the SDK refuses such a document: it is counted
        (hostile.DropsOne, {2}),
        (hostile.BreaksTheContract, {3}),
        (hostile.ChangesItsIds, {4, 7}),  # its events cannot be told apart after a crash
        (hostile.Chokes, {5}),
        (hostile.Swallows, {5, 10}),  # nothing is rejected
        (hostile.ForgetsTheZone, {3, 6, 10}),  # it cannot be sealed
        (hostile.RemembersTooSoon, {4, 7}),  # the second time it says nothing
        (hostile.ClosesSlowly, {8}),
        (hostile.NeverOpens, {8}),
        (hostile.FallsOver, {9}),
        (hostile.Nags, {9}),
        (hostile.LosesCount, {10}),
        (hostile.AnswersTooSoon, {11}),
        (hostile.TellsItsPassword, {12}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_misdeed_is_caught(
    bus: Bus, tmp_path: Path, misdeed: type[Tame], caught_by: set[int]
) -> None:
    """By the check that is about it, and by those that rest on it."""
    assert await _failing(_kit(misdeed), bus, tmp_path) == caught_by
