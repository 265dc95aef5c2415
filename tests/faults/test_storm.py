"""A client that does not come back is missed, however many others do."""

from dataclasses import asdict
from pathlib import Path

import pytest

from faults.checker import Item
from faults.journal import Journal
from faults.rows.reconnect_storm import all_back

_SOON_S = 0.3


def confirmed(path: Path, *clients: str) -> None:
    """Note that each of some clients had an order confirmed."""
    journal = Journal(path)
    items = [Item(f"order of {client}", f"orders/{client}") for client in clients]
    journal.write_many("invoke", map(asdict, items))
    journal.write_many("ok", ({"id": item.id} for item in items))
    journal.close()


async def test_all_are_back_when_the_last_has_a_confirmation(tmp_path: Path) -> None:
    """Over the journals of all processes."""
    said = [tmp_path / "a", tmp_path / "b"]
    confirmed(said[0], "1", "2")
    confirmed(said[1], "3")
    assert await all_back(said, 3, since=0.0) > 0


async def test_one_that_stays_away_is_missed(tmp_path: Path) -> None:
    """Two of three is not all, and one that had two confirmations is one."""
    confirmed(tmp_path / "a", "1", "2")
    confirmed(tmp_path / "a", "2")
    with pytest.raises(TimeoutError, match="2 of 3"):
        await all_back([tmp_path / "a"], 3, since=0.0, within_s=_SOON_S)


async def test_confirmations_from_before_the_kill_do_not_count(tmp_path: Path) -> None:
    """They say nothing about coming back."""
    confirmed(tmp_path / "a", "1")
    with pytest.raises(TimeoutError, match="0 of 1"):
        await all_back([tmp_path / "a"], 1, since=1e12, within_s=_SOON_S)
