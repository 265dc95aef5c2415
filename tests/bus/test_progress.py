"""What a subscription has in hand, and how it knows what comes again."""

from liandong.bus.pipe import Message
from liandong.bus.progress import Progress
from liandong.bus.pull import Raw


class _Session:
    """Notes what is answered; a delivery here came over no connection."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.said: list[bytes] = []

    def answer(self, _: object, word: bytes) -> None:
        """Note a word."""
        self.said.append(word)


SESSION = _Session()


def _raw(sequence: int, deliveries: int = 1) -> Raw:
    """Return a delivery."""
    reply = f"$JS.ACK.S.desk.{deliveries}.{sequence}.{sequence}.0.0"
    return Raw.of(SESSION, Message("ld.x", reply, b""))


def test_a_message_is_new_once() -> None:
    """Delivered again while in hand, it is not; after it was settled, it is acknowledged again."""
    progress, first = Progress(), _raw(5)
    assert progress.take([first]) == [first]
    assert not progress.take([_raw(5, 2)])
    progress.settle(5)
    SESSION.said.clear()
    assert not progress.take([_raw(5, 3)])
    assert SESSION.said == [b"+ACK"]


def test_it_is_answered_over_the_newest_delivery() -> None:
    """The older one's connection may be gone."""
    progress = Progress()
    newest = _raw(5, 2)
    progress.take([_raw(5), newest])
    assert progress.settle(5) is newest


def test_what_another_process_left_is_new_however_late_it_comes() -> None:
    """A lower sequence than the last is no proof that it was settled here."""
    progress, late = Progress(), _raw(4)
    progress.take([_raw(9)])
    progress.settle(9)
    assert progress.take([late]) == [late]
    assert progress.last == 9


def test_what_is_in_hand_is_given_back_in_order() -> None:
    """Oldest first, so that it comes again in order."""
    progress = Progress()
    progress.take([_raw(sequence) for sequence in (7, 3, 5)])
    assert [raw.sequence for raw in progress.in_hand()] == [3, 5, 7]


def test_its_memory_is_bounded() -> None:
    """What was settled long ago is forgotten, the lately settled is not."""
    progress, oldest = Progress(), _raw(1)
    for sequence in range(1, 5001):
        progress.take([_raw(sequence)])
        progress.settle(sequence)
    assert progress.take([oldest, _raw(1000)]) == [oldest]
