"""The checker sees each kind of wrong, and nothing where there is none."""

import pytest

from faults.checker import Item, Verdict, check

A, B, C = Item("a", "lz-1", "1"), Item("b", "lz-1", "2"), Item("c", "lz-2", "3")
SENT = [A, B, C]


@pytest.mark.parametrize(
    "read", [[A, B, C], [C, A, B], [A, C, B]], ids=["as sent", "other first", "other between"]
)
def test_order_is_within_a_key(read: list[Item]) -> None:
    """Different incidents may overtake one another."""
    assert check(SENT, ["a", "b", "c"], read).clean


def test_what_was_not_confirmed_may_be_missing() -> None:
    """Unknown is not lost."""
    assert check(SENT, ["a", "c"], [A, C]).clean


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        ([A, C], Verdict(lost=("b",))),
        ([A, B, C, B], Verdict(duplicated=("b",))),
        ([B, A, C], Verdict(reordered=(("b", "a"),))),
        ([A, Item("b", "lz-1", "9"), C], Verdict(corrupt=("b",))),
        ([A, B, C, Item("x")], Verdict(phantom=("x",))),
        ([], Verdict(lost=("a", "b", "c"))),
    ],
    ids=["lost", "duplicated", "reordered", "corrupt", "phantom", "all lost"],
)
def test_each_wrong_is_seen_as_what_it_is(read: list[Item], wrong: Verdict) -> None:
    """One thing is wrong, and one thing is said."""
    assert check(SENT, ["a", "b", "c"], read) == wrong


def test_a_repeat_out_of_order_is_a_repeat_only() -> None:
    """Order is judged by first readings: a redelivery comes late by nature."""
    assert check(SENT, ["a", "b", "c"], [A, B, C, A]) == Verdict(duplicated=("a",))
