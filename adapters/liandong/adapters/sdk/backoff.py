"""Waiting before trying again: longer each time, never in step with others."""

import random

_FIRST_S, _LONGEST_S = 0.2, 30.0


class Backoff:
    """Pauses that double, from 0.2 s to 30 s, each half to one and a half times as long."""

    def __init__(self) -> None:
        self._pause = _FIRST_S

    def next(self) -> float:
        """Return the next pause in seconds."""
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_S)
        return pause * random.uniform(0.5, 1.5)  # noqa: S311  jitter is no secret

    def reset(self) -> None:
        """Begin again with the shortest."""
        self._pause = _FIRST_S
