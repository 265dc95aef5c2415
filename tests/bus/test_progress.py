"""What a subscription has in hand, and how it knows what comes again."""

from liandong.bus.progress import Progress
from liandong.bus.pull import Raw


def _raw(sequence: int, deliveries: int = 1) -> Raw:
    """Return a delivery; nothing is ever said over its session here."""
    return Raw("ld.x", b"", "S", sequence, deliveries, 0, 0, None, None)


def test_a_message_is_new_once() -> None:
    """Delivered again while in hand or after it was settled, it is not."""
    progress = Progress()
    assert progress.take(_raw(5))
    assert not progress.take(_raw(5, 2))
    progress.settle(5)
    assert not progress.take(_raw(5, 3))
    assert progress.is_settled(_raw(5, 4))


def test_it_is_answered_over_the_newest_delivery() -> None:
    """The older one's connection may be gone."""
    progress = Progress()
    newest = _raw(5, 2)
    progress.take(_raw(5))
    progress.take(newest)
    assert progress.settle(5) is newest


def test_what_another_process_left_is_new_however_late_it_comes() -> None:
    """A lower sequence than the last is no proof that it was settled here."""
    progress = Progress()
    progress.take(_raw(9))
    progress.settle(9)
    assert progress.take(_raw(4))
    assert progress.last == 9


def test_what_is_in_hand_is_given_back_in_order() -> None:
    """Oldest first, so that it comes again in order."""
    progress = Progress()
    for sequence in (7, 3, 5):
        progress.take(_raw(sequence))
    assert [raw.sequence for raw in progress.in_hand()] == [3, 5, 7]


def test_its_memory_is_bounded() -> None:
    """What was settled long ago is forgotten, the lately settled is not."""
    progress = Progress()
    for sequence in range(1, 5001):
        progress.take(_raw(sequence))
        progress.settle(sequence)
    assert not progress.is_settled(_raw(1))
    assert progress.is_settled(_raw(1000))
