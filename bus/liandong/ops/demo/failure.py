"""How the demo fails: in one sentence that names who or which step, and what went wrong."""

from typing import cast

from liandong.ops.errors import CommandError


class DemoError(CommandError):
    """A step did not come, or an actor broke down."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the demo failed: {what}")


def first(error: Exception) -> Exception:
    """Return what went wrong first in a group, and in the groups within; else the error itself."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error
